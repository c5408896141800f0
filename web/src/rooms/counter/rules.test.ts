import { expect, test } from "vitest";
import { fold } from "./evolve";
import { decidingRule } from "./rules";
import type { Condition, Item, Outcome } from "./terms";
import { story } from "./testing/sessions";

const [item] = fold(story("waiting").entries).matter?.items ?? [];
if (item === undefined) throw new Error("the session is about something");
const ruled = (...all: Condition[]): Item => ({ ...item, rules: [{ name: "small", all, outcome: "done" satisfies Outcome }] });
const SMALL = ruled({ field: "amount", op: "le", value: 100_000 }, { field: "why", op: "eq", value: "退休" });
const written = (amount: string | number): Map<string, string | number> => new Map<string, string | number>([["amount", amount], ["why", "退休"]]);

test("all conditions have to hold", () => {
  expect(decidingRule(SMALL, written(100_000))?.outcome).toBe("done");
  expect(decidingRule(SMALL, written(100_001))).toBeNull();
});

test("an empty field fulfils no condition, not even to be other than something", () => {
  expect(decidingRule(ruled({ field: "why", op: "ne", value: "出国定居" }), new Map([["why", ""]]))).toBeNull();
});

test("text is never compared with a number", () => {
  expect(decidingRule(SMALL, written("5"))).toBeNull();
});
