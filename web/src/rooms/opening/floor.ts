/** Who speaks, who wants to, and what is being recorded: mirrors rooms/opening/floor.py and recordings.py. */

import type { FeedKind, MediaEvent } from "./events";

export interface Floor {
  /** Who was given the floor; empty when nobody was. */
  readonly speaker: string;
  /** Who asks for it, the first to ask first. */
  readonly hands: readonly string[];
  /** Whose sound a host took away. */
  readonly muted: ReadonlySet<string>;
}

export interface Recording {
  readonly recording: string;
  readonly person: string;
  readonly name: string;
  readonly kind: FeedKind;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

export const NO_FLOOR: Floor = { speaker: "", hands: [], muted: new Set() };

type RecordingEvent = Extract<MediaEvent, { type: `Recording${string}` }>;
type FloorEvent = Exclude<MediaEvent, RecordingEvent>;

export function evolveFloor(floor: Floor, event: FloorEvent): Floor {
  const { person } = event;
  const hands = floor.hands.filter((each) => each !== person);
  const speaker = floor.speaker === person ? "" : floor.speaker;
  switch (event.type) {
    case "FloorRequested":
      return { ...floor, hands: [...hands, person] };
    case "FloorGranted":
      return { ...floor, speaker: person, hands };
    case "FloorWithdrawn":
    case "FloorTaken":
      return { ...floor, speaker, hands };
    case "SoundMuted": {
      const muted = new Set(floor.muted);
      if (event.muted) muted.add(person);
      else muted.delete(person);
      return { ...floor, muted };
    }
  }
}

export function evolveRecordings(
  recordings: ReadonlyMap<string, Recording>,
  event: RecordingEvent,
  at: number,
): ReadonlyMap<string, Recording> {
  switch (event.type) {
    case "RecordingStarted": {
      const { recording, person, name, kind } = event;
      return new Map(recordings).set(recording, { recording, person, name, kind, startedAt: at, endedAt: null });
    }
    case "RecordingEnded": {
      const found = recordings.get(event.recording);
      return found === undefined ? recordings : new Map(recordings).set(event.recording, { ...found, endedAt: at });
    }
    case "RecordingsMarked":
      // Evidence for the minutes and for who checks a file; the room shows only what runs.
      return recordings;
  }
}

/** What is being recorded now that lets an opening start: the acting host's camera, or one of the hall. */
export function proofOf(recordings: ReadonlyMap<string, Recording>, host: string): Recording[] {
  return [...recordings.values()].filter(
    (each) => each.endedAt === null && (each.kind === "hall" || (each.kind === "camera" && each.person === host)),
  );
}

/** Everything that is being recorded now. */
export function running(recordings: ReadonlyMap<string, Recording>): Recording[] {
  return [...recordings.values()].filter((each) => each.endedAt === null);
}
