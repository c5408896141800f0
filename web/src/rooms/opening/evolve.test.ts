import { expect, test } from "vitest";
import { bidderId, bidId, ceremony, HOST, T0, TERMS, TRUSTEES } from "./ceremony";
import { evolve, fold } from "./evolve";
import type { Entry } from "./events";
import { EMPTY, faultOf, openObjections, overallState, undecided } from "./state";

test("a whole ceremony ends published, with every bid opened and announced", () => {
  const state = fold(ceremony({ bids: 4 }));
  expect(state.phase).toBe("published");
  expect([...state.bids.values()].map(overallState)).toEqual(["opened", "opened", "opened", "opened"]);
  expect(state.announced).toBe(4);
  expect(state.record?.size).toBe(482_113);
});

test("every signature on the minutes makes a newer file, which is the record", () => {
  const state = fold(ceremony({ bids: 3 }));
  const by = { person: HOST, name: "host", role: "host" } as const;
  const signed = { type: "MinutesSigned", person: HOST, field: "host-1", certificate: "aa", sha256: "bb", size: 500_000 } as const;
  const once = evolve(state, { n: state.n + 1, at: new Date(T0).toISOString(), by, event: signed });
  expect(once.record).toEqual({ ...state.record, sha256: "bb", size: 500_000 });
  const last = { type: "MinutesPreserved", sha256: "cc", size: 600_000 } as const;
  expect(evolve(once, { n: once.n + 1, at: new Date(T0).toISOString(), by, event: last }).record?.sha256).toBe("cc");
});

test("folding in pieces gives the same picture as folding at once, as after a reload", () => {
  const entries = ceremony({ bids: 6, voids: { 4: "platform" } });
  const cut = Math.floor(entries.length / 2);
  expect(fold(entries.slice(cut), fold(entries.slice(0, cut)))).toEqual(fold(entries));
});

test("before the roll nobody can be counted", () => {
  const state = fold(ceremony({ bids: 5, until: "opening" }));
  expect(state.bids.size).toBe(0);
  expect(state.phase).toBe("opening");
});

test("the roll numbers the bidders and says who is absent", () => {
  const state = fold(ceremony({ bids: 3, until: "roll_published" }));
  expect([...state.bids.values()].map((bid) => [bid.number, bid.signedIn])).toEqual([
    [1, true],
    [2, true],
    [3, false],
  ]);
});

test("bids queue when decryption starts and open with enough shares", () => {
  const entries = ceremony({ bids: 3, until: "decrypting" });
  const started = entries.findIndex((each) => each.event.type === "DecryptionStarted");
  expect([...fold(entries.slice(0, started + 1)).bids.values()].map(overallState)).toEqual([
    "queued",
    "queued",
    "queued",
  ]);
  const state = fold(entries);
  expect([...state.bids.values()].map(overallState)).toEqual(["opened", "queued", "queued"]);
  expect(state.released.a).toEqual([TRUSTEES[0]]);
  const second = evolve(state, from(state.n + 1, { type: "SharesReleased", trustee: TRUSTEES[1], envelope: "a", shares: 3, problems: [] }));
  expect([...second.bids.values()].map(overallState)).toEqual(["opened", "opening", "opening"]);
});

test("under the policy both, shares alone open nothing", () => {
  const entries = ceremony({ bids: 3, until: "decrypting", terms: { policy: "both" } });
  const state = fold(entries);
  const second = evolve(state, from(state.n + 1, { type: "SharesReleased", trustee: TRUSTEES[1], envelope: "a", shares: 3, problems: [] }));
  expect(overallState(must(second.bids.get(bidId(2))))).toBe("queued");
});

test("a ruling decides an unknown fault", () => {
  const entries = ceremony({ bids: 3, until: "imported", voids: { 2: "unknown" } });
  const ruled = entries.findIndex((each) => each.event.type === "FaultRuled");
  expect(undecided(fold(entries.slice(0, ruled))).map((bid) => bid.bid)).toEqual([bidId(2)]);
  const state = fold(entries);
  expect(undecided(state)).toEqual([]);
  expect(faultOf(must(state.bids.get(bidId(2))), "a")).toBe("bidder");
});

test("a remedy puts the bid back in the queue until its own instant", () => {
  const before = fold(ceremony({ bids: 3, until: "imported", voids: { 2: "platform" } }));
  const until = new Date(T0 + 3_600_000).toISOString();
  const state = evolve(before, from(before.n + 1, { type: "RemedyGranted", bid: bidId(2), until, reason: "…" }));
  const bid = must(state.bids.get(bidId(2)));
  expect(overallState(bid)).toBe("queued");
  expect(bid.remedyUntil).toBe(T0 + 3_600_000);
});

test("a pause stops the room and its end moves the windows", () => {
  const paused = fold(ceremony({ until: "confirming", paused: true }));
  expect(paused.pause?.reason).toContain("检修");
  const confirmation = new Date(T0 + 9_000_000).toISOString();
  const state = evolve(paused, from(paused.n + 1, { type: "OpeningResumed", windows: { confirmation }, remedies: {} }));
  expect(state.pause).toBeNull();
  expect(state.windows.confirmation).toBe(T0 + 9_000_000);
  expect(state.pauses[0]?.resumedAt).not.toBeNull();
});

test("confirmations, disputes and lapses stay with their bids", () => {
  const state = fold(ceremony({ bids: 3 }));
  expect([...state.bids.values()].map((bid) => bid.confirmation)).toEqual(["confirmed", "disputed", "lapsed"]);
});

test("an objection is open until it is answered", () => {
  expect(openObjections(fold(ceremony({ until: "confirming" })))).toHaveLength(1);
  const state = fold(ceremony({ until: "signing" }));
  expect(openObjections(state)).toEqual([]);
  expect(state.objections[0]?.answer).toContain("复算");
});

test("a revision replaces the terms and does not go back a phase", () => {
  const receiving = fold(ceremony({ until: "receiving" }));
  const terms = { ...TERMS, place: "二楼开标室" };
  const revised = evolve(
    receiving,
    from(receiving.n + 1, {
      type: "TenderPublished",
      version: 2,
      terms,
      manifest: { body: {}, key: "", signature: "" },
      manifest_digest: "ff",
    }),
  );
  expect([revised.phase, revised.version, revised.terms?.place]).toEqual(["receiving", 2, "二楼开标室"]);
});

test("a deposit noted for a bidder shows on its bid", () => {
  expect(fold(ceremony({ until: "decrypting" })).bids.get(bidId(2))?.deposit).toBe("guarantee");
});

test("the deputy becomes the acting host", () => {
  const state = fold(ceremony({ until: "closed" }));
  expect(state.host).toBe(HOST);
  expect(evolve(state, from(state.n + 1, { type: "HostChanged", host: "deputy-1" })).host).toBe("deputy-1");
});

test("a reconvened opening is confirmed and signed again", () => {
  const ended = fold(ceremony());
  const state = evolve(
    ended,
    from(ended.n + 1, { type: "Reconvened", reason: "更正", until: new Date(T0 + 9e6).toISOString() }),
  );
  expect([state.phase, state.signatures.length, state.record]).toEqual(["confirming", 0, null]);
});

test("an event this client does not know changes nothing but the count", () => {
  const state = fold(ceremony({ until: "closed" }));
  const strange = from(state.n + 1, { type: "SigningStarted", content: "ff" });
  const unknown: unknown = { ...strange, event: { type: "FromTheFuture" } };
  const next = evolve(state, unknown as Entry);
  expect({ ...next, n: 0 }).toEqual({ ...state, n: 0 });
  expect(next.n).toBe(state.n + 1);
});

test("two hundred bids fold in well under a second", () => {
  const entries = ceremony({ bids: 200 });
  const started = performance.now();
  expect(fold(entries).bids.size).toBe(200);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("the empty state is a draft without bids", () => {
  expect([EMPTY.phase, EMPTY.bids.size]).toEqual(["draft", 0]);
  expect(fold([]).bids.get(bidderId(1))).toBeUndefined();
});

function from(n: number, event: Entry["event"]): Entry {
  return { n, at: new Date(T0 + 7_200_000).toISOString(), by: { person: HOST, name: "李文静", role: "host" }, event };
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("missing");
  return value;
}
