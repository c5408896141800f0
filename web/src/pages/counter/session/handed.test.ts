import { expect, test } from "vitest";
import { fold } from "@/rooms/counter/evolve";
import { story } from "@/rooms/counter/testing/sessions";
import { handedFrom } from "./handed";

const { entries } = story("handed");
const taken = entries.findIndex(({ event }) => event.type === "HandedOver");
const at = (count: number, me: string, refused: boolean): string | null => handedFrom(fold(entries.slice(0, count)), entries.slice(0, count), me, refused);

test("while nobody took what was offered it stays with its clerk", () => {
  expect(at(taken, "p-far", false)).toBe(null);
});

test("whoever handed over is told to whom", () => {
  expect(at(entries.length, "p-far", true)).toBe("钱进");
});

test("whoever had to leave before the last entry came is told to whom too", () => {
  expect(at(taken, "p-far", true)).toBe("钱进");
});

test("others who may not enter handed nothing over", () => {
  expect(at(entries.length, "p-stranger", true)).toBe(null);
  expect(at(taken - 2, "p-near", true)).toBe(null);
});
