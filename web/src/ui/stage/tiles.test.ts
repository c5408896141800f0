import { expect, test } from "vitest";
import { OFF, SLOTS, type FeedInfo, type MediaState, type Slot } from "@/media/types";
import { beside, largest, tilesOf } from "./tiles";

const feed = (person: string, kind: FeedInfo["kind"] = "camera"): FeedInfo => ({ person, name: person, kind, feed: `${person}:${kind}` });
const room = (slots: MediaState["slots"]): MediaState => ({ ...OFF, enabled: true, slots });
const ALL: ReadonlySet<Slot> = new Set(SLOTS);
const large = (slots: MediaState["slots"], more: Partial<Parameters<typeof largest>[1]> = {}): Slot | null =>
  largest(tilesOf(room(slots), ""), { me: "nobody", pinned: null, seen: ALL, ...more });

test("the filled slots are shown, empty ones are not", () => {
  expect(tilesOf(room({ supervisor: feed("s"), stage: feed("h"), floor: null }), "").map((tile) => tile.slot)).toEqual(["stage", "supervisor"]);
});

test("a speaker without a camera or microphone still has a place", () => {
  expect(tilesOf(room({}), "b")).toEqual([{ slot: "floor", feed: null, person: "b" }]);
});

test("the host is large, a shared screen takes the stage", () => {
  expect(large({ stage: feed("h"), floor: feed("b") })).toBe("stage");
  expect(large({ stage: feed("h"), floor: feed("b"), screen: feed("h", "screen") })).toBe("screen");
});

test("one's own screen is not shown large to oneself", () => {
  expect(large({ stage: feed("h"), screen: feed("h", "screen") }, { me: "h" })).toBe("stage");
});

test("whoever somebody pins is large while they show a picture", () => {
  expect(large({ stage: feed("h"), floor: feed("b") }, { pinned: "floor" })).toBe("floor");
  expect(large({ stage: feed("h") }, { pinned: "floor" })).toBe("stage");
});

test("who only speaks leaves the stage to a picture, and without any picture nothing is large", () => {
  expect(large({ stage: feed("h"), floor: feed("b") }, { seen: new Set<Slot>(["floor"]) })).toBe("floor");
  expect(large({ stage: feed("h"), floor: feed("b") }, { seen: new Set<Slot>() })).toBe(null);
});

test("small pictures stand in one column, from two on in two", () => {
  expect([0, 1, 2, 3, 4, 5].map(beside)).toEqual([
    { columns: 1, rows: 1 },
    { columns: 1, rows: 1 },
    { columns: 2, rows: 1 },
    { columns: 2, rows: 2 },
    { columns: 2, rows: 2 },
    { columns: 2, rows: 3 },
  ]);
});
