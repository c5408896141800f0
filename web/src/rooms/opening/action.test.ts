import { describe, expect, test } from "vitest";
import { isUrgent, nextAction, ownBid, phaseEnds, timeLeft, toAnnounce, type Me, type Plan } from "./action";
import { bidderId, ceremony, DEPUTY, HOST, SUPERVISOR, T0, TRUSTEES, type Ceremony } from "./ceremony";
import { evolve, fold } from "./evolve";
import type { Entry, OpeningEvent } from "./events";
import type { Phase } from "./phases";
import type { OpeningState } from "./state";
import type { Role } from "./terms";

const PERSON: Readonly<Record<Role, string>> = {
  host: HOST,
  deputy: DEPUTY,
  tenderer: "tenderer-1",
  trustee: TRUSTEES[1],
  supervisor: SUPERVISOR,
  bidder: bidderId(3),
  observer: "observer-1",
  system: "system",
};

function me(role: Role, more: Partial<Me> = {}): Me {
  return { person: PERSON[role], role, hostHere: true, signedIn: true, hasBid: true, ...more };
}

function at(until: Phase, more: Ceremony = {}): OpeningState {
  return fold(ceremony({ until, ...more }));
}

function then(state: OpeningState, ...events: OpeningEvent[]): OpeningState {
  return events.reduce(
    (now, event) =>
      evolve(now, {
        n: now.n + 1,
        at: new Date(T0 + 3_000_000 + now.n).toISOString(),
        by: { person: HOST, name: "李文静", role: "host" },
        event,
      } satisfies Entry),
    state,
  );
}

function plan(state: OpeningState, who: Me, now = T0 + 60_000): Plan {
  return nextAction(state, who, now);
}

describe("every phase gives every role one primary action or tells what is waited for", () => {
  const table: Readonly<Record<string, Readonly<Partial<Record<Role, string | null>>>>> = {
    draft: { host: null, bidder: null, trustee: "prepareTrustee", supervisor: null, observer: null },
    receiving: { host: null, bidder: null, trustee: null, supervisor: null, observer: null },
    closed: { host: "startOpening", bidder: null, trustee: null, supervisor: null, observer: null },
    opening: { host: "publishRoll", bidder: null, trustee: null, supervisor: null, observer: null },
    roll_published: { host: "startDecryption", bidder: null, trustee: null, supervisor: null, observer: null },
    decrypting: { host: null, bidder: null, trustee: "releaseShares", supervisor: null, observer: null },
    imported: { host: "commitSeed", bidder: "commitSeed", trustee: null, supervisor: null, observer: null },
    parameters: { host: "revealSeed", bidder: "commitSeed", trustee: null, supervisor: null, observer: null },
    announcing: { host: "startConfirmation", bidder: null, trustee: null, supervisor: null, observer: null },
    confirming: { host: "answerObjection", bidder: "confirmBid", trustee: null, supervisor: null, observer: null },
    signing: { host: "signRecord", bidder: "signRecord", trustee: null, supervisor: "signRecord", observer: null },
    ended: { host: null, bidder: null, trustee: null, supervisor: null, observer: null },
    published: {
      host: "downloadMinutes",
      bidder: "downloadMinutes",
      trustee: "downloadMinutes",
      supervisor: "downloadMinutes",
      observer: null,
    },
    archived: {
      host: "downloadMinutes",
      bidder: "downloadMinutes",
      trustee: "downloadMinutes",
      supervisor: "downloadMinutes",
      observer: null,
    },
  };
  for (const [phase, roles] of Object.entries(table)) {
    for (const [role, primary] of Object.entries(roles)) {
      test(`${phase} · ${role} → ${primary ?? "waits"}`, () => {
        const found = plan(at(phase as Phase), me(role as Role));
        expect(found.primary).toBe(primary);
        expect(found.secondary).not.toContain(found.primary);
        expect(found.situation).not.toBe("");
      });
    }
  }
});

describe("the host", () => {
  const host = me("host");

  test("decides about a shortfall before anything is decrypted", () => {
    const few = at("roll_published", { bids: 2 });
    expect(plan(few, host).primary).toBe("decideShortfall");
    expect(plan(then(few, { type: "OpeningContinued", reason: "…" }), host).primary).toBe("startDecryption");
  });

  test("is asked again when the platform's fault leaves two", () => {
    const left = at("imported", { voids: { 2: "platform" } });
    expect(plan(left, host)).toMatchObject({ situation: "shortfall", primary: "decideShortfall" });
    expect(plan(at("imported", { voids: { 2: "bidder" } }), host).primary).toBe("commitSeed");
    expect(plan(then(left, { type: "OpeningContinued", reason: "…" }), host).primary).toBe("commitSeed");
  });

  test("imports once every bid opened or failed", () => {
    const done = fold(
      ceremony({ until: "imported", bids: 4, voids: { 2: "platform" } }).filter((each) => each.event.type !== "BidsImported"),
    );
    expect(plan(done, host).primary).toBe("importBids");
    expect(plan(done, host).secondary).toContain("grantRemedy");
  });

  test("may not be offered a remedy the terms exclude", () => {
    const done = at("imported", { voids: { 2: "platform" }, terms: { remedy: "none" } });
    expect(plan(done, host).secondary).not.toContain("grantRemedy");
  });

  test("reveals, then draws, then announces", () => {
    const state = at("parameters");
    const revealed = then(state, { type: "DrawRevealed", by: HOST, seed: "AAAA" });
    expect(plan(revealed, host).primary).toBe("drawParameter");
    const drawn = then(revealed, { type: "ParameterDrawn", name: "K", value: 45, seeds: [HOST], unrevealed: [] });
    expect(plan(drawn, host).primary).toBe("startAnnouncing");
  });

  test("announces at once where nothing is drawn", () => {
    expect(plan(at("imported", { terms: { draw: null } }), host).primary).toBe("startAnnouncing");
  });

  test("announces one after another, or all that are left", () => {
    const state = at("announcing", { bids: 4, announced: 2 });
    expect(toAnnounce(state).map((bid) => bid.number)).toEqual([3, 4]);
    expect(plan(state, host).primary).toBe("announceNext");
    expect(plan(state, host).secondary).toContain("announceAll");
    expect(plan(at("announcing", { bids: 4, announced: 3 }), host).secondary).not.toContain("announceAll");
  });

  test("unlocks the second envelope after the first was announced", () => {
    const envelopes = [
      { id: "a", title: "商务标", later: false },
      { id: "b", title: "技术标", later: true },
    ];
    expect(plan(at("announcing", { terms: { envelopes } }), host).primary).toBe("unlockLater");
  });

  test("waits for confirmations, then starts signing", () => {
    const quiet = then(at("confirming"), { type: "ObjectionAnswered", objection: "o-1", text: "…" });
    expect(plan(quiet, host).situation).toBe("waitConfirmations");
    const lapsed = then(quiet, { type: "ConfirmationsLapsed", bids: [...quiet.bids.keys()].slice(2) });
    const until = lapsed.windows.objection ?? 0;
    expect(plan(lapsed, host, until - 1).situation).toBe("waitObjections");
    expect(plan(lapsed, host, until).primary).toBe("startSigning");
  });

  test("need not wait for objections once everybody confirmed", () => {
    const quiet = then(at("confirming"), { type: "ObjectionAnswered", objection: "o-1", text: "…" });
    const all = [...quiet.bids.values()].map((bid): OpeningEvent => ({
      type: "BidConfirmed",
      bidder: bid.bidder,
      bid: bid.bid,
      row: "ff",
      signed: true,
    }));
    expect(plan(then(quiet, ...all), host).primary).toBe("startSigning");
  });

  test("must rule on an unknown fault before signing", () => {
    const entries = ceremony({ until: "confirming", voids: { 3: "unknown" } });
    const confirming = fold(entries.filter((each) => each.event.type !== "FaultRuled"));
    const state = then(
      confirming,
      { type: "ObjectionAnswered", objection: "o-1", text: "…" },
    );
    expect(plan(state, host).secondary).not.toContain("startSigning");
    expect(plan(state, host).primary).toBe("ruleFault");
  });

  test("ends the opening after signing", () => {
    const signed = then(at("signing"), { type: "RecordSigned", person: HOST, role: "host", content: "ff" });
    expect(plan(signed, host).primary).toBe("endOpening");
  });

  test("can only resume while paused", () => {
    for (const phase of ["opening", "decrypting", "announcing", "confirming", "signing"] as const) {
      expect(plan(at(phase, { paused: true }), host).primary).toBe("resume");
    }
  });
});

describe("the deputy", () => {
  test("watches while the host is there and may take over", () => {
    const found = plan(at("announcing"), me("deputy"));
    expect([found.primary, found.secondary]).toEqual([null, ["takeOver"]]);
  });

  test("is asked to take over when the host is gone", () => {
    expect(plan(at("announcing"), me("deputy", { hostHere: false })).primary).toBe("takeOver");
  });

  test("acts as host after taking over, and the host may come back", () => {
    const state = then(at("closed"), { type: "HostChanged", host: DEPUTY });
    expect(plan(state, me("deputy")).primary).toBe("startOpening");
    expect(plan(state, me("host"))).toMatchObject({ primary: null, secondary: ["takeOver"] });
  });
});

describe("a bidder", () => {
  test("is asked to sign in only while sign-in is open", () => {
    const state = at("receiving");
    const late = me("bidder", { signedIn: false });
    expect(plan(state, late, T0 - 2 * 3_600_000).primary).toBeNull();
    expect(plan(state, late, T0 - 60_000)).toMatchObject({ primary: "signIn", until: T0 });
  });

  test("without a bid is asked for one", () => {
    expect(plan(at("receiving"), me("bidder", { hasBid: false })).primary).toBe("editBid");
  });

  test("decrypts itself under the policies that need its key", () => {
    for (const policy of ["bidder", "both"] as const) {
      expect(plan(at("decrypting", { terms: { policy } }), me("bidder")).primary).toBe("releaseKey");
    }
  });

  test("waits for the trustees where only they can open", () => {
    const found = plan(at("decrypting", { terms: { policy: "trustees" } }), me("bidder"));
    expect(found).toMatchObject({ situation: "waitTrustees", primary: null });
    expect(found.secondary).not.toContain("releaseKey");
  });

  test("under `either` may use its key at any time and is asked to in the second half of the window", () => {
    const state = at("decrypting");
    expect(plan(state, me("bidder"), T0 + 60_000).secondary).toContain("releaseKey");
    expect(plan(state, me("bidder"), T0 + 1_700_000).primary).toBe("releaseKey");
  });

  test("has nothing to do once its bid opened", () => {
    const found = plan(at("decrypting", { terms: { policy: "bidder" } }), me("bidder", { person: bidderId(1) }));
    expect(found).toMatchObject({ primary: null, situation: "released" });
  });

  test("cannot use its key after the window", () => {
    const state = at("decrypting", { terms: { policy: "bidder" } });
    expect(plan(state, me("bidder"), T0 + 3_600_000).primary).toBeNull();
  });

  test("gets its key asked for again by a remedy, and the opening goes back to decrypting", () => {
    const state = then(at("imported", { voids: { 3: "platform" }, terms: { policy: "either" } }), {
      type: "RemedyGranted",
      bid: ownBid(at("announcing"), bidderId(3))?.bid ?? "",
      until: new Date(T0 + 7_200_000).toISOString(),
      reason: "…",
    });
    expect(state.phase).toBe("decrypting");
    expect(plan(state, me("bidder"))).toMatchObject({ primary: "releaseKey", until: T0 + 7_200_000 });
  });

  test("commits a seed, waits for the host to reveal, then reveals its own", () => {
    const state = at("parameters");
    const one = me("bidder", { person: bidderId(1) });
    expect(plan(state, one).situation).toBe("waitDrawReveals");
    expect(plan(then(state, { type: "DrawRevealed", by: HOST, seed: "AAAA" }), one).primary).toBe("revealSeed");
  });

  test("confirms or disputes its own row until the window ends", () => {
    const state = at("confirming");
    const found = plan(state, me("bidder"));
    expect(found).toMatchObject({ primary: "confirmBid", until: state.windows.confirmation });
    expect(found.secondary).toEqual(["disputeBid", "raiseObjection"]);
  });

  test("that disputed sees so", () => {
    expect(plan(at("confirming"), me("bidder", { person: bidderId(2) })).situation).toBe("disputed");
  });

  test("may change its mind while the window is open", () => {
    const state = at("confirming");
    expect(plan(state, me("bidder", { person: bidderId(1) })).secondary).toContain("disputeBid");
    expect(plan(state, me("bidder", { person: bidderId(2) })).secondary).toContain("confirmBid");
    expect(plan(state, me("bidder", { person: bidderId(1) }), phaseEnds(state) ?? 0).secondary).toEqual([]);
  });

  test("may object until the objection window ends", () => {
    const state = at("confirming");
    const end = state.windows.objection ?? 0;
    expect(plan(state, me("bidder"), end - 1).secondary).toContain("raiseObjection");
    expect(plan(state, me("bidder"), end).secondary).not.toContain("raiseObjection");
  });
});

describe("a trustee", () => {
  test("prepares before the deadline", () => {
    const early = fold(ceremony({ until: "receiving" }).filter((each) => each.event.type !== "TrusteeRehearsed"));
    expect(plan(early, me("trustee")).primary).toBe("prepareTrustee");
  });

  test("releases once", () => {
    const state = at("decrypting");
    expect(plan(state, me("trustee")).primary).toBe("releaseShares");
    expect(plan(state, me("trustee", { person: TRUSTEES[0] })).situation).toBe("released");
  });

  test("has nothing to release where bidders keep their keys, or while paused", () => {
    expect(plan(at("decrypting", { terms: { policy: "bidder" } }), me("trustee")).primary).toBeNull();
    expect(plan(at("decrypting", { paused: true }), me("trustee")).primary).toBeNull();
  });
});

test("a tenderer may answer objections and signs the record", () => {
  expect(plan(at("confirming"), me("tenderer")).secondary).toEqual(["answerObjection"]);
  expect(plan(at("signing"), me("tenderer")).primary).toBe("signRecord");
});

describe("a supervisor", () => {
  test("may warn in every phase of the ceremony", () => {
    for (const phase of ["receiving", "closed", "opening", "decrypting", "announcing", "confirming", "signing"] as const) {
      expect(plan(at(phase), me("supervisor")).secondary).toContain("issueWarning");
    }
  });

  test("downloads everything at the end", () => {
    const found = plan(at("published"), me("supervisor"));
    expect(found.secondary).toEqual(expect.arrayContaining(["downloadArchive", "downloadHead"]));
  });
});

test("a failed or terminated opening offers its record and nothing else", () => {
  const failed = then(at("roll_published", { bids: 2 }), { type: "OpeningFailed", reason: "不足三家" });
  expect(plan(failed, me("host"))).toMatchObject({ situation: "failed", primary: null });
  const sealed = then(failed, { type: "RecordPublished", sha256: "ff", size: 1, log_size: 2 });
  expect(plan(sealed, me("host")).primary).toBe("downloadMinutes");
  expect(plan(sealed, me("bidder"))).toMatchObject({ situation: "failed", primary: "downloadMinutes" });
});

test("only one's own deadline under a minute is urgent", () => {
  const state = at("confirming");
  const end = phaseEnds(state) ?? 0;
  expect(isUrgent(plan(state, me("bidder")), end - 59_000)).toBe(true);
  expect(isUrgent(plan(state, me("bidder")), end - 61_000)).toBe(false);
  expect(isUrgent(plan(state, me("observer")), end - 59_000)).toBe(false);
  expect(isUrgent(plan(state, me("bidder")), end + 1)).toBe(false);
});

test("time stands still in a pause", () => {
  const state = at("confirming", { paused: true });
  const end = phaseEnds(state) ?? 0;
  const left = timeLeft(state, end, end - 1_000);
  expect(left).toBeGreaterThan(1_000);
  expect(timeLeft(state, end, end + 500_000)).toBe(left);
});
