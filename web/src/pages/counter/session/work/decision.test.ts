import { expect, test } from "vitest";
import { fold } from "@/rooms/counter/evolve";
import type { Case } from "@/rooms/counter/state";
import { story } from "@/rooms/counter/testing/sessions";
import { fieldValues } from "../personal";
import { against, firstMissing, gapsIn, proposal, type Draft } from "./decision";

const NOTHING: Draft = { outcome: null, reason: "", remedy: "", missing: [], until: "", untold: "" };
const { entries, personal } = story("rejected");
const cut = entries.findIndex(({ event }) => event.type === "FormSigned");
const pension = (count = cut + 1): Case => {
  const found = fold(entries.slice(0, count)).cases.get("pension-balance");
  if (found === undefined) throw new Error("the session is about a pension");
  return found;
};
const ready = pension();
const bare = pension(entries.findIndex(({ event }) => event.type === "MaterialCaptured"));
const RULE = { name: "small", all: [{ field: "amount", op: "le", value: 2_000_000 }], outcome: "done" } as const;
const ruled = { ...ready, item: { ...ready.item, rules: [RULE] } };

test("nothing is chosen, so nothing else is asked yet", () => {
  expect(gapsIn(NOTHING, ready, null, false)).toEqual(["outcome"]);
});

test("what is complete can be accepted; what is not cannot", () => {
  expect(gapsIn({ ...NOTHING, outcome: "accepted" }, ready, null, false)).toEqual([]);
  expect(gapsIn({ ...NOTHING, outcome: "accepted" }, bare, null, false)).toEqual(["obstacles"]);
});

test("a rejection says why, and what can be done against it", () => {
  expect(gapsIn({ ...NOTHING, outcome: "rejected" }, bare, null, false)).toEqual(["reason", "remedy"]);
  expect(gapsIn({ ...NOTHING, outcome: "rejected", reason: "…", remedy: "…" }, bare, null, false)).toEqual([]);
});

test("a supplement lists everything with a day, and the second one says why it was not told before", () => {
  const told = { ...NOTHING, outcome: "supplement", missing: [{ material: "bank-card", what: "…" }], until: "2026-12-01" } as const;
  expect(gapsIn(told, bare, null, false)).toEqual([]);
  expect(gapsIn(told, bare, null, true)).toEqual(["untold"]);
  expect(gapsIn({ ...told, missing: [{ material: "bank-card", what: " " }] }, bare, null, false)).toEqual(["missing"]);
});

test("a supplement begins with all that the checklist lacks", () => {
  expect(firstMissing(bare, () => "").map(({ material }) => material)).toEqual(["id-card", "bank-card"]);
  expect(firstMissing(ready, () => "")).toEqual([]);
});

test("the rule that holds is proposed, and deciding otherwise needs a reason", () => {
  const rule = proposal(ruled, fieldValues(personal, ruled));
  expect(rule?.outcome).toBe("done");
  expect(against(ruled, "accepted", rule)).toBe(true);
  expect(gapsIn({ ...NOTHING, outcome: "accepted" }, ruled, rule, false)).toEqual(["reason"]);
  expect(gapsIn({ ...NOTHING, outcome: "done" }, ruled, rule, false)).toEqual([]);
});

test("a rule is not held against values that nobody confirmed", () => {
  const open = { ...ruled, fields: new Map([...ruled.fields].map(([name, filled]) => [name, { ...filled, confirmed: false }])) };
  expect(proposal(open, fieldValues(personal, open))).toBeNull();
});
