import { expect, test } from "vitest";
import { OFF, type FeedInfo, type MediaState } from "@/media/types";
import { tilesOf } from "./tiles";

const feed = (person: string, kind: FeedInfo["kind"] = "camera"): FeedInfo => ({ person, name: person, kind, feed: `${person}:${kind}` });
const room = (slots: MediaState["slots"]): MediaState => ({ ...OFF, enabled: true, slots });
const slots = (media: MediaState, speaker = "", pinned: Parameters<typeof tilesOf>[2] = null): string[] =>
  tilesOf(media, speaker, pinned).map((tile) => tile.slot);

test("the host is large, others are small", () => {
  expect(slots(room({ supervisor: feed("s"), stage: feed("h"), floor: null }))).toEqual(["stage", "supervisor"]);
});

test("a shared screen takes the stage", () => {
  expect(slots(room({ stage: feed("h"), screen: feed("h", "screen"), floor: feed("b") }))).toEqual(["screen", "stage", "floor"]);
});

test("whoever somebody pins is large while they are there", () => {
  expect(slots(room({ stage: feed("h"), floor: feed("b") }), "", "floor")).toEqual(["floor", "stage"]);
  expect(slots(room({ stage: feed("h") }), "", "floor")).toEqual(["stage"]);
});

test("a speaker without a camera or microphone still has a place", () => {
  expect(tilesOf(room({}), "b", null)).toEqual([{ slot: "floor", feed: null, person: "b" }]);
});

test("where nobody sends there is nothing", () => {
  expect(slots(room({}))).toEqual([]);
});
