import type { DocumentEntry, FormItem, ItemKind, Person, Policy, Regime, Remedy, Role, Seat, Terms } from "@/http/types";
import type { Gaps, MessageKey } from "@/i18n";
import { fromField, toField } from "@/i18n/format";

/** One item of the form while it is being edited. `key` stays the same while the id is typed. */
export interface ItemDraft {
  key: string;
  id: string;
  kind: ItemKind;
  label_zh: string;
  label_en: string;
  unit: string;
  required: boolean;
  announced: boolean;
  envelope: string | null;
}

export const WINDOWS = {
  sign_in: [0, 1440],
  decryption: [5, 120],
  confirmation: [2, 60],
  objection: [2, 60],
  upload_grace: [0, 1440],
} as const;
export type WindowName = keyof typeof WINDOWS;
export const WINDOW_NAMES = Object.keys(WINDOWS) as WindowName[];

/** Terms as a person types them: numbers are text until they can be read. */
export interface Draft {
  project_title: string;
  project_number: string;
  lot_number: string;
  lot_title: string;
  tenderer: string;
  agency: string;
  place: string;
  regime: Regime;
  deadline: string;
  windows: Record<WindowName, string>;
  policy: Policy;
  threshold: string;
  seats: Seat[];
  remedy: Remedy;
  control_price: number | null;
  minimum_bidders: string;
  masked: boolean;
  unattended: boolean;
  rehearsal: boolean;
  max_mb: string;
  discipline: string;
  changes: string;
  two_envelopes: boolean;
  titles: [string, string];
  draw: { on: boolean; name: string; low: string; high: string; step: string; unit: string };
  form: ItemDraft[];
  documents: readonly DocumentEntry[];
}

export interface Problem {
  readonly key: MessageKey;
  readonly gaps?: Gaps;
}

/** What was read, and what is wrong by the server's paths (`form[2].id`). */
export interface Reading {
  readonly terms: Terms;
  readonly wrong: ReadonlyMap<string, Problem>;
}

const MB = 1024 * 1024;
const FIRST = "a";
const SECOND = "b";

function item(id: string, kind: ItemKind, label_zh: string, label_en: string): ItemDraft {
  return { key: id, id, kind, label_zh, label_en, unit: "", required: true, announced: true, envelope: null };
}

/** A new tender of this host, with what most tenders have. */
export function emptyDraft(host: Person): Draft {
  return {
    project_title: "",
    project_number: "",
    lot_number: "",
    lot_title: "",
    tenderer: "",
    agency: host.organisation,
    place: "",
    regime: "tendering",
    deadline: "",
    windows: { sign_in: "60", decryption: "30", confirmation: "10", objection: "10", upload_grace: "10" },
    policy: "either",
    threshold: "2",
    seats: [seatOf(host, "host")],
    remedy: "reopen",
    control_price: null,
    minimum_bidders: "3",
    masked: false,
    unattended: false,
    rehearsal: false,
    max_mb: "500",
    discipline: "",
    changes: "",
    two_envelopes: false,
    titles: ["投标文件", "技术文件"],
    draw: { on: false, name: "", low: "", high: "", step: "1", unit: "" },
    form: [
      item("price", "money", "投标报价", "Price"),
      item("duration", "days", "工期", "Duration"),
      item("quality", "text", "质量目标", "Quality"),
      item("lead", "text", "项目负责人", "Project lead"),
    ],
    documents: [],
  };
}

export function seatOf({ person, name, organisation }: Person, role: Role): Seat {
  return { person, name, organisation, role };
}

/** The terms as they can be edited again. */
export function toDraft(terms: Terms): Draft {
  const minutes = (seconds: number): string => String(Math.round(seconds / 60));
  const [first, second] = terms.envelopes;
  return {
    ...terms,
    rehearsal: terms.rehearsal ?? false,
    changes: terms.changes ?? "",
    deadline: toField(terms.deadline),
    windows: {
      sign_in: minutes(terms.windows.sign_in),
      decryption: minutes(terms.windows.decryption),
      confirmation: minutes(terms.windows.confirmation),
      objection: minutes(terms.windows.objection),
      upload_grace: minutes(terms.windows.upload_grace),
    },
    threshold: String(terms.threshold || 1),
    seats: [...terms.seats],
    minimum_bidders: String(terms.minimum_bidders),
    masked: terms.masked_from_observers,
    max_mb: String(Math.round(terms.max_bytes / MB)),
    two_envelopes: terms.envelopes.length > 1,
    titles: [first?.title ?? "投标文件", second?.title ?? "技术文件"],
    draw:
      terms.draw === null
        ? { on: false, name: "", low: "", high: "", step: "1", unit: "" }
        : {
            on: true,
            name: terms.draw.name,
            low: String(terms.draw.low),
            high: String(terms.draw.high),
            step: String(terms.draw.step),
            unit: terms.draw.unit,
          },
    form: terms.form.map((one: FormItem) => ({ ...one, envelope: one.envelope ?? null, key: one.id })),
  };
}

/** Reads a draft. What can't be read is named; the terms then hold a stand-in and are not to be sent for publication. */
export function toTerms(draft: Draft, now: number): Reading {
  const wrong = new Map<string, Problem>();
  const fail = (path: string, key: MessageKey, gaps?: Gaps): void => {
    if (!wrong.has(path)) wrong.set(path, gaps === undefined ? { key } : { key, gaps });
  };
  const text = (path: string, value: string): string => {
    const plain = value.trim().normalize("NFC");
    if (plain === "") fail(path, "pages.tender.problem.required");
    return plain;
  };
  const whole = (path: string, value: string, least: number, most: number): number => {
    const plain = value.normalize("NFKC").trim();
    if (!/^-?\d{1,12}$/.test(plain)) {
      fail(path, "pages.tender.problem.number");
      return least;
    }
    const number = Number(plain);
    if (number < least || number > most) fail(path, "pages.tender.problem.range", { least, most });
    return number;
  };
  const window = (name: WindowName): number => {
    const [least, most] = WINDOWS[name];
    return whole(`windows.${name}`, draft.windows[name], least, most) * 60;
  };

  const deadline = fromField(draft.deadline);
  if (deadline === null) fail("deadline", "pages.tender.problem.required");
  else if (Date.parse(deadline) <= now) fail("deadline", "pages.tender.problem.past");

  const trustees = draft.seats.filter((seat) => seat.role === "trustee").length;
  const shared = draft.policy !== "bidder";
  if (shared && trustees === 0) fail("seats", "pages.tender.problem.trustees");
  const threshold = shared ? whole("threshold", draft.threshold, 1, Math.max(1, trustees)) : 0;

  const first = { id: FIRST, title: text("envelopes[0].title", draft.titles[0]), later: false };
  const second = { id: SECOND, title: draft.titles[1].trim(), later: true };
  if (draft.two_envelopes) text("envelopes[1].title", draft.titles[1]);

  const { draw } = draft;
  const drawn = !draw.on
    ? null
    : {
        name: text("draw.name", draw.name),
        low: whole("draw.low", draw.low, -1_000_000, 1_000_000),
        high: whole("draw.high", draw.high, -1_000_000, 1_000_000),
        step: whole("draw.step", draw.step, 1, 1_000_000),
        unit: draw.unit.trim(),
      };
  if (drawn !== null && (drawn.high < drawn.low || (drawn.high - drawn.low) % drawn.step !== 0)) {
    fail("draw.step", "pages.tender.problem.step");
  }

  const ids = draft.form.map((one) => one.id);
  draft.form.forEach((one, index) => {
    const path = `form[${index}]`;
    if (!/^[a-z0-9_-]{1,64}$/.test(one.id)) fail(`${path}.id`, "pages.tender.problem.id");
    else if (ids.indexOf(one.id) !== index) fail(`${path}.id`, "pages.tender.problem.duplicate");
    text(`${path}.label_zh`, one.label_zh);
    text(`${path}.label_en`, one.label_en);
  });
  if (!draft.form.some((one) => one.id === "price" && one.kind === "money" && one.required)) fail("form", "pages.tender.problem.form");

  const terms: Terms = {
    project_number: text("project_number", draft.project_number),
    project_title: text("project_title", draft.project_title),
    lot_number: text("lot_number", draft.lot_number),
    lot_title: text("lot_title", draft.lot_title),
    regime: draft.regime,
    deadline: deadline ?? new Date(now).toISOString(),
    policy: draft.policy,
    threshold,
    seats: shared ? draft.seats : draft.seats.filter((seat) => seat.role !== "trustee"),
    form: draft.form.map(({ id, kind, label_zh, label_en, required, announced, unit, envelope }) => ({
      id,
      kind,
      label_zh: label_zh.trim(),
      label_en: label_en.trim(),
      required,
      announced,
      unit: unit.trim(),
      envelope: draft.two_envelopes ? envelope : null,
    })),
    tenderer: text("tenderer", draft.tenderer),
    agency: text("agency", draft.agency),
    place: draft.place.trim(),
    windows: {
      sign_in: window("sign_in"),
      decryption: window("decryption"),
      confirmation: window("confirmation"),
      objection: window("objection"),
      upload_grace: window("upload_grace"),
    },
    envelopes: draft.two_envelopes ? [first, second] : [first],
    remedy: draft.remedy,
    control_price: draft.control_price,
    minimum_bidders: whole("minimum_bidders", draft.minimum_bidders, 1, 100),
    draw: drawn,
    documents: draft.documents,
    discipline: draft.discipline.trim(),
    changes: draft.changes.trim(),
    masked_from_observers: draft.masked,
    unattended: draft.unattended,
    max_bytes: whole("max_bytes", draft.max_mb, 1, 2048) * MB,
    rehearsal: draft.rehearsal,
  };
  return { terms, wrong };
}
