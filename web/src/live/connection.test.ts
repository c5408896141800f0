// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry } from "@/rooms/opening/events";
import { RoomConnection, type FetchEntries, type Hooks, type Live } from "./connection";
import type { Joined, Refused } from "./wire";

const NOW = "2026-11-21T01:00:00.000Z";

/** Stands for the socket alone: what the server would say is said by the test. */
class Line {
  connected = false;
  readonly pointed: unknown[] = [];
  readonly asked: { room: string; after: number }[] = [];
  answer: (after: number) => Joined | Refused = () => joined([]);
  private readonly heard = new Map<string, (message: never) => void>();

  on(name: string, act: (message: never) => void): void {
    this.heard.set(name, act);
  }

  emit(name: string, message: { room: string; after: number }, answer?: (said: unknown) => void): void {
    if (name === "join") {
      this.asked.push(message);
      answer?.(this.answer(message.after));
    } else if (name === "point") this.pointed.push(message);
    else if (name === "clock") answer?.({ now: NOW });
  }

  connect(): void {
    this.connected = true;
    this.says("connect", undefined);
  }

  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.says("disconnect", undefined);
  }

  says(name: string, message: unknown): void {
    this.heard.get(name)?.(message as never);
  }
}

const entry = (n: number): Entry => ({
  n,
  at: NOW,
  by: { person: "system", name: "", role: "system" },
  event: { type: "SigningStarted", content: "ff" },
});
const range = (from: number, to: number): Entry[] => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));
const joined = (entries: Entry[], n = entries.at(-1)?.n ?? 0): Joined => ({ n, entries, now: NOW, people: [] });

let line: Line;
let seen: number[];
let links: string[];
let epochs: number[];
let pointing: string[];
let fetched: number[];
let connection: RoomConnection;

function connect(fetchEntries: FetchEntries): void {
  const hooks: Hooks = {
    entries: (entries) => seen.push(...entries.map((each) => each.n)),
    presence: () => undefined,
    mine: () => undefined,
    progress: () => undefined,
    media: (state) => epochs.push(state.epoch),
    pointer: ({ person }) => pointing.push(person),
    link: (state) => links.push(state),
  };
  connection = new RoomConnection("o-1", fetchEntries, hooks, line as unknown as Live);
  connection.open();
}

const upTo =
  (last: number): FetchEntries =>
  (after, limit) => {
    fetched.push(after);
    return Promise.resolve({ entries: range(after + 1, Math.min(last, after + limit)), n: last });
  };

beforeEach(() => {
  vi.useFakeTimers();
  [line, seen, links, fetched, epochs, pointing] = [new Line(), [], [], [], [], []];
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

test("entering a room replays what happened and then listens", () => {
  line.answer = () => joined(range(1, 3));
  connect(upTo(3));
  line.says("entries", { room: "o-1", entries: [entry(4)] });
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(links.at(-1)).toBe("live");
});

test("what another room says is not heard", () => {
  connect(upTo(0));
  line.says("entries", { room: "o-2", entries: [entry(1)] });
  expect(seen).toEqual([]);
});

test("news of the room's media are passed on, those of another room are not", () => {
  connect(upTo(0));
  line.says("media", { room: "o-1", epoch: 4 });
  line.says("media", { room: "o-2", epoch: 9 });
  expect(epochs).toEqual([4]);
});

test("who points in this room is passed on, and what one points at is sent while the line is there", () => {
  connect(upTo(0));
  line.says("pointer", { room: "o-1", person: "p-1", feed: "p-2:screen", x: 1, y: 2 });
  line.says("pointer", { room: "o-2", person: "p-9", feed: "p-2:screen", x: 1, y: 2 });
  expect(pointing).toEqual(["p-1"]);
  connection.point("p-2:screen", { x: 5, y: 6 });
  connection.point("p-2:screen", null);
  line.disconnect();
  connection.point("p-2:screen", { x: 7, y: 8 });
  expect(line.pointed).toEqual([
    { room: "o-1", feed: "p-2:screen", x: 5, y: 6 },
    { room: "o-1", feed: "p-2:screen", x: null, y: null },
  ]);
});

test("a missing entry is fetched before those after it are shown", async () => {
  line.answer = () => joined(range(1, 2));
  connect(upTo(5));
  line.says("entries", { room: "o-1", entries: [entry(5)] });
  expect(seen).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  expect(fetched).toEqual([2]);
});

test("a beat tells what was missed in silence", async () => {
  connect(upTo(2));
  line.says("beat", { room: "o-1", n: 2, now: NOW });
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual([1, 2]);
});

test("a long log comes page by page", async () => {
  line.answer = () => joined([], 1_200);
  connect(upTo(1_200));
  await vi.advanceTimersByTimeAsync(1);
  expect(fetched).toEqual([0, 500, 1_000]);
  expect(seen).toHaveLength(1_200);
});

test("when a fetch fails the next beat asks again", async () => {
  let away = true;
  connect(() => (away ? Promise.reject(new Error("offline")) : Promise.resolve({ entries: range(1, 2), n: 2 })));
  line.says("beat", { room: "o-1", n: 2, now: NOW });
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual([]);
  away = false;
  line.says("beat", { room: "o-1", n: 2, now: NOW });
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual([1, 2]);
});

test("after a lost line the room goes on where it was", () => {
  line.answer = (after) => joined(range(after + 1, after + 2));
  connect(upTo(4));
  line.disconnect();
  expect(links.at(-1)).toBe("reconnecting");
  line.connect();
  expect(line.asked.map((each) => each.after)).toEqual([0, 2]);
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("a line that went silent is taken up anew", async () => {
  connect(upTo(0));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(line.asked.length).toBeGreaterThan(1);
  expect(links.at(-1)).toBe("live");
});

test("a refusal is told and ends in no reconnecting", () => {
  line.answer = () => ({ error: { code: "no_such_room" } });
  connect(upTo(0));
  expect(links.at(-1)).toBe("refused");
});

test("an entry that came with the answer to a command is not shown again when it is pushed", () => {
  connect(upTo(1));
  connection.take([entry(1)]);
  line.says("entries", { room: "o-1", entries: [entry(1)] });
  expect(seen).toEqual([1]);
});
