import { expect, test } from "vitest";
import type { Entry, OpeningEvent } from "./events";
import { fold } from "./evolve";
import { proofOf, running } from "./floor";

const AT = Date.parse("2026-11-21T01:00:00.000Z");
const told = (...events: OpeningEvent[]) =>
  fold(
    events.map((event, index): Entry => ({
      n: index + 1,
      at: new Date(AT + index * 1000).toISOString(),
      by: { person: "h", name: "主持人", role: "host" },
      event,
    })),
  );

test("hands are up in the order in which they were raised, and the floor takes one of them down", () => {
  const asked = told({ type: "FloorRequested", person: "a" }, { type: "FloorRequested", person: "b" });
  expect(asked.floor.hands).toEqual(["a", "b"]);
  const given = told({ type: "FloorRequested", person: "a" }, { type: "FloorRequested", person: "b" }, { type: "FloorGranted", person: "b" });
  expect(given.floor).toMatchObject({ speaker: "b", hands: ["a"] });
});

test("the floor is given back, or taken, or goes to the next one", () => {
  const granted: OpeningEvent = { type: "FloorGranted", person: "a" };
  expect(told(granted, { type: "FloorWithdrawn", person: "a" }).floor.speaker).toBe("");
  expect(told(granted, { type: "FloorTaken", person: "a" }).floor.speaker).toBe("");
  expect(told(granted, { type: "FloorTaken", person: "a" }, { type: "FloorGranted", person: "b" }).floor.speaker).toBe("b");
  expect(told(granted, { type: "FloorGranted", person: "b" }, { type: "FloorTaken", person: "a" }).floor.speaker).toBe("b");
});

test("a hand taken down by its owner leaves the speaker alone", () => {
  const state = told({ type: "FloorGranted", person: "a" }, { type: "FloorRequested", person: "b" }, { type: "FloorWithdrawn", person: "b" });
  expect(state.floor).toMatchObject({ speaker: "a", hands: [] });
});

test("who is muted stays muted until a host changes it", () => {
  expect([...told({ type: "SoundMuted", person: "a", muted: true }).floor.muted]).toEqual(["a"]);
  expect([...told({ type: "SoundMuted", person: "a", muted: true }, { type: "SoundMuted", person: "a", muted: false }).floor.muted]).toEqual([]);
});

const started = (recording: string, person: string, kind: "camera" | "screen" | "hall"): OpeningEvent => ({
  type: "RecordingStarted", recording, person, name: person, kind,
});

test("an opening is proven by a running recording of the acting host's camera or of the hall", () => {
  const state = told(started("r1", "h", "screen"), started("r2", "s", "camera"));
  expect(running(state.recordings).length).toBe(2);
  expect(proofOf(state.recordings, "h")).toEqual([]);
  expect(proofOf(state.recordings, "s").map((each) => each.recording)).toEqual(["r2"]);
  expect(proofOf(told(started("r3", "x", "hall")).recordings, "h").length).toBe(1);
});

test("a recording that is over proves nothing any more", () => {
  const state = told(
    started("r1", "h", "camera"),
    { type: "RecordingsMarked", marks: [{ recording: "r1", size: 1, sha256: "00" }] },
    { type: "RecordingEnded", recording: "r1", size: 9, sha256: "ff", reason: "left" },
  );
  expect(proofOf(state.recordings, "h")).toEqual([]);
  expect(state.recordings.get("r1")).toMatchObject({ startedAt: AT, endedAt: AT + 2000 });
});
