/** A whole opening as recorded entries, for tests: any number of bids, cut off at any phase. */

import type { CountedBid, Entry, OpeningEvent } from "./events";
import type { Phase } from "./phases";
import type { Role, Terms } from "./terms";

export const DEADLINE = "2026-11-21T01:00:00.000Z";
export const T0 = Date.parse(DEADLINE);

export const HOST = "host-1";
export const DEPUTY = "deputy-1";
export const SUPERVISOR = "supervisor-1";
export const TRUSTEES = ["trustee-1", "trustee-2", "trustee-3"] as const;
export const bidderId = (i: number): string => `bidder-${i}`;
export const bidId = (i: number): string => `b-${String(i).padStart(20, "a")}`;

const SURNAMES = ["中建第八工程局有限公司", "云南建投第四建设有限公司", "昆明市政工程(集团)有限公司"] as const;
const LONG = "中国水利水电第十四工程局有限公司与云南省交通规划设计研究院股份有限公司及昆明滇池流域生态环境治理建设管理集团联合体";

export function companyName(i: number): string {
  if (i === 2) return LONG;
  return SURNAMES[i - 1] ?? `云南示例建设集团第${i}分公司`;
}

export const TERMS: Terms = {
  project_number: "YN-2026-0731",
  project_title: "滇池流域截污干渠(二期)工程施工",
  lot_number: "01",
  lot_title: "第一标段 主干渠土建",
  regime: "tendering",
  deadline: DEADLINE,
  policy: "either",
  threshold: 2,
  seats: [
    { person: HOST, name: "李文静", organisation: "云南招标股份有限公司", role: "host" },
    { person: DEPUTY, name: "赵宏", organisation: "云南招标股份有限公司", role: "deputy" },
    { person: "tenderer-1", name: "王建国", organisation: "昆明滇池投资有限责任公司", role: "tenderer" },
    { person: SUPERVISOR, name: "陈立", organisation: "昆明市公共资源交易监督管理局", role: "supervisor" },
    { person: TRUSTEES[0], name: "杨敏", organisation: "昆明市公证处", role: "trustee" },
    { person: TRUSTEES[1], name: "周强", organisation: "公共资源交易中心", role: "trustee" },
    { person: TRUSTEES[2], name: "何颖", organisation: "昆明滇池投资有限责任公司", role: "trustee" },
  ],
  form: [
    { id: "price", kind: "money", label_zh: "投标报价", label_en: "Price", required: true, announced: true, unit: "" },
    { id: "duration", kind: "days", label_zh: "工期", label_en: "Duration", required: true, announced: true, unit: "" },
    { id: "quality", kind: "text", label_zh: "质量", label_en: "Quality", required: true, announced: true, unit: "" },
    { id: "lead", kind: "text", label_zh: "项目负责人", label_en: "Project lead", required: true, announced: true, unit: "" },
  ],
  tenderer: "昆明滇池投资有限责任公司",
  agency: "云南招标股份有限公司",
  place: "云开线上开标大厅",
  windows: { sign_in: 3600, decryption: 1800, confirmation: 600, objection: 600, upload_grace: 600 },
  envelopes: [{ id: "a", title: "投标文件", later: false }],
  remedy: "reopen",
  control_price: 1_300_000_000_00,
  minimum_bidders: 3,
  draw: { name: "下浮系数", low: 30, high: 60, step: 5, unit: "‰" },
  documents: [],
  discipline: "",
  masked_from_observers: false,
  unattended: false,
  max_bytes: 500 * 1024 * 1024,
};

type By = readonly [person: string, name: string, role: Role];
const SYSTEM: By = ["system", "", "system"];
const seat = (person: string): By => {
  const found = TERMS.seats.find((each) => each.person === person);
  return [person, found?.name ?? "", found?.role ?? "observer"];
};
const bidder = (i: number): By => [bidderId(i), companyName(i), "bidder"];
const hex = (seed: number): string =>
  Array.from({ length: 64 }, (_, i) => ((seed * 7 + i * i * 5 + i) % 16).toString(16)).join("");
const sealed = { body: {}, key: "", signature: "" };

export interface Ceremony {
  bids?: number;
  /** The last phase to reach. */
  until?: Phase;
  terms?: Partial<Terms>;
  /** Bids (from 1) that fail, with the fault the evidence shows. */
  voids?: Readonly<Record<number, "bidder" | "platform" | "unknown">>;
  paused?: boolean;
  /** How many bids are announced when the ceremony stops at announcing; all when it goes on. */
  announced?: number;
}

const ORDER: readonly Phase[] = [
  "draft", "receiving", "closed", "opening", "roll_published", "decrypting", "imported", "parameters",
  "announcing", "confirming", "signing", "ended", "published", "archived",
];

/** The entries of a viewer's stream from the publication to the end of the wanted phase. */
export function ceremony(wanted: Ceremony = {}): Entry[] {
  const count = wanted.bids ?? 3;
  const reached = (phase: Phase): boolean => ORDER.indexOf(wanted.until ?? "published") >= ORDER.indexOf(phase);
  const terms: Terms = { ...TERMS, ...wanted.terms };
  const entries: Entry[] = [];
  let clock = T0 - 86_400_000;
  const say = (by: By, event: OpeningEvent, after = 1_000): void => {
    clock += after;
    entries.push({
      n: entries.length + 1,
      at: new Date(clock).toISOString(),
      by: { person: by[0], name: by[1], role: by[2] },
      event,
    });
  };
  const end = (): Entry[] => {
    if (wanted.paused) {
      const since = later(5);
      say(seat(HOST), { type: "OpeningPaused", reason: "网络设备检修,预计十分钟后恢复", since }, 5_000);
    }
    return entries;
  };
  const later = (seconds: number): string => new Date(clock + seconds * 1000).toISOString();
  const each = (act: (i: number) => void): void => {
    for (let i = 1; i <= count; i += 1) act(i);
  };

  say(seat(HOST), { type: "TenderDrafted", terms });
  if (!reached("receiving")) return end();
  for (const trustee of TRUSTEES) say(seat(trustee), { type: "TrusteeReady", trustee, card: sealed });
  say(seat(HOST), { type: "TenderPublished", version: 1, terms, manifest: sealed, manifest_digest: hex(1) });
  for (const trustee of TRUSTEES) say(seat(trustee), { type: "TrusteeRehearsed", trustee });
  if (!reached("closed")) return end();
  clock = T0;
  say(SYSTEM, { type: "BiddingClosed", deadline: DEADLINE }, 0);
  if (!reached("opening")) return end();
  say(seat(HOST), { type: "OpeningStarted", recording: "confirmed" }, 4_000);
  if (!reached("roll_published")) return end();
  const roll: CountedBid[] = [];
  each((i) => {
    roll.push({
      bid: bidId(i),
      bidder: bidderId(i),
      name: companyName(i),
      header_digest: hex(i + 10),
      received_at: new Date(T0 - (count - i + 1) * 61_000).toISOString(),
      stored: true,
      manifest_version: 1,
      stale: i === 3,
    });
  });
  say(seat(HOST), { type: "RollPublished", bids: roll, absent: count > 2 ? [bidderId(3)] : [], enough: count >= 3 });
  if (!reached("decrypting")) return end();
  if (count < 3) say(seat(HOST), { type: "OpeningContinued", reason: "第二次招标,经监督部门同意继续开标" });
  say(seat(HOST), { type: "DepositNoted", bidder: bidderId(1), state: "paid" });
  say(seat(HOST), { type: "DepositNoted", bidder: bidderId(2), state: "guarantee" });
  say(seat(HOST), { type: "DecryptionStarted", envelope: "a", until: later(terms.windows.decryption) }, 8_000);
  if (wanted.until === "decrypting") {
    say(seat(TRUSTEES[0]), { type: "SharesReleased", trustee: TRUSTEES[0], envelope: "a", shares: count, problems: [] }, 20_000);
    say(bidder(1), { type: "BidderKeyReleased", bidder: bidderId(1), bid: bidId(1), envelope: "a" }, 5_000);
    open(1);
    return end();
  }
  say(seat(TRUSTEES[0]), { type: "SharesReleased", trustee: TRUSTEES[0], envelope: "a", shares: count, problems: [] }, 20_000);
  say(seat(TRUSTEES[1]), { type: "SharesReleased", trustee: TRUSTEES[1], envelope: "a", shares: count, problems: [] }, 9_000);
  each(open);
  for (const [i, fault] of Object.entries(wanted.voids ?? {})) {
    if (fault === "unknown") {
      say(seat(HOST), { type: "FaultRuled", bid: bidId(Number(i)), fault: "bidder", reason: "证据显示文件在封标时已损坏" }, 60_000);
    }
  }
  if (!reached("imported")) return end();
  const failed = Object.keys(wanted.voids ?? {}).length;
  say(seat(HOST), { type: "BidsImported", opened: count - failed, void: failed }, 3_000);
  if (!reached("parameters")) return end();
  if (terms.draw !== null) {
    say(seat(HOST), { type: "DrawCommitted", by: HOST, commitment: hex(3) });
    say(bidder(1), { type: "DrawCommitted", by: bidderId(1), commitment: hex(4) });
    if (wanted.until === "parameters") return end();
    say(seat(HOST), { type: "DrawRevealed", by: HOST, seed: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" });
    say(bidder(1), { type: "DrawRevealed", by: bidderId(1), seed: "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM" });
    say(seat(HOST), {
      type: "ParameterDrawn",
      name: terms.draw.name,
      value: 60,
      seeds: [HOST, bidderId(1)],
      unrevealed: [],
    });
  }
  if (!reached("announcing")) return end();
  say(seat(HOST), { type: "AnnouncingStarted", control_price: terms.control_price }, 5_000);
  const upTo = wanted.until === "announcing" ? (wanted.announced ?? count) : count;
  each((i) => {
    if (i > upTo || wanted.voids?.[i] !== undefined) return;
    const form = formOf(i);
    say(seat(HOST), {
      type: "BidAnnounced",
      bid: bidId(i),
      row: form,
      over_limit: terms.control_price !== null && Number(form.price) > terms.control_price,
    });
  });
  say(bidder(1), { type: "ChatPosted", by: bidderId(1), text: "声音清楚,谢谢。", to: null });
  say(seat(HOST), { type: "ChatPosted", by: HOST, text: "请各投标人核对唱标内容。", to: null });
  if (!reached("confirming")) return end();
  say(seat(HOST), {
    type: "ConfirmationStarted",
    until: later(terms.windows.confirmation),
    objections_until: later(terms.windows.objection),
  }, 5_000);
  say(bidder(1), { type: "BidConfirmed", bidder: bidderId(1), bid: bidId(1), row: hex(8), signed: true }, 30_000);
  if (count > 1) {
    say(bidder(2), { type: "BidDisputed", bidder: bidderId(2), bid: bidId(2), reason: "质量标准应为“合格”" }, 12_000);
    say(bidder(2), { type: "ObjectionRaised", objection: "o-1", by: bidderId(2), text: "对下浮系数的抽取过程有异议,请说明种子的来源。" }, 9_000);
  }
  say(seat(SUPERVISOR), { type: "WarningIssued", by: SUPERVISOR, text: "请主持人当场答复异议。" }, 15_000);
  if (!reached("signing")) return end();
  if (count > 1) say(seat(HOST), { type: "ObjectionAnswered", objection: "o-1", text: "种子由主持人与投标人各自提交,已全部公开,可复算。" }, 30_000);
  if (count > 2) {
    say(SYSTEM, { type: "ConfirmationsLapsed", bids: Array.from({ length: count - 2 }, (_, i) => bidId(i + 3)) }, 600_000);
  }
  say(seat(HOST), { type: "SigningStarted", content: hex(9) });
  if (!reached("ended")) return end();
  say(seat(HOST), { type: "RecordSigned", person: HOST, role: "host", content: hex(9) });
  say(seat(SUPERVISOR), { type: "RecordSigned", person: SUPERVISOR, role: "supervisor", content: hex(9) });
  say(seat(HOST), { type: "OpeningEnded" });
  if (!reached("published")) return end();
  say(SYSTEM, { type: "RecordPublished", sha256: hex(11), size: 482_113, log_size: entries.length });
  if (reached("archived")) say(seat(HOST), { type: "RoomArchived" });
  return end();

  function formOf(i: number): Record<string, string | number> {
    return {
      price: 1_182_340_000_00 + ((i * 7_919_713) % 130_000_000) * 100 + i * 7,
      duration: 540 + (i % 5) * 10,
      quality: i % 7 === 0 ? "优良" : "合格",
      lead: ["张伟", "刘洋", "欧阳雪松", "𬭎明"][i % 4] ?? "张伟",
    };
  }

  function open(i: number): void {
    const fault = wanted.voids?.[i];
    if (fault !== undefined) {
      say(SYSTEM, { type: "BidVoid", bid: bidId(i), envelope: "a", code: fault === "bidder" ? "key_mismatch" : "no_key", step: 5, fault }, 300);
      return;
    }
    say(SYSTEM, {
      type: "BidOpened",
      bid: bidId(i),
      envelope: "a",
      by: i === 1 ? "bidder" : "trustees",
      form: formOf(i),
      files: [
        { name: "投标函.pdf", size: 1_204_331, sha256: hex(i + 40) },
        { name: "商务标 工程量清单.xlsx", size: 9_882_102, sha256: hex(i + 50) },
      ],
    }, 300);
  }
}
