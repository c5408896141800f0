import { computed, onScopeDispose, readonly, ref, type ComputedRef } from "vue";

/**
 * The server's clock as this device knows it. Every answer carries the server's time; the sample with the
 * shortest round trip of the last minutes is believed, because its error is at most half of that trip.
 * Where two samples differ by more than their errors, one of the clocks was set meanwhile: the later holds.
 */
interface Sample {
  readonly offset: number;
  readonly trip: number;
  readonly at: number;
}

const KEPT_MS = 10 * 60_000;
const SLEPT_MS = 10_000;
/** By how much two clocks drift apart in the time a sample is kept, and how coarse their times are. */
const DRIFT_MS = 100;

let best: Sample | null = null;
const offset = ref<number | null>(null);

/** Server's time minus this device's, in milliseconds; null before the first answer. */
export const clockOffset = readonly(offset);

/** Takes the server's time from an answer to a request that left at `sent` and came back at `received` (device time). */
export function learn(serverTime: string, sent: number, received: number): void {
  const server = Date.parse(serverTime);
  if (Number.isNaN(server)) return;
  const sample = { offset: server - (sent + received) / 2, trip: received - sent, at: received };
  if (best === null || sample.trip <= best.trip || received - best.at > KEPT_MS || received < best.at || differ(sample, best)) {
    best = sample;
    offset.value = Math.round(sample.offset);
  }
}

function differ(one: Sample, other: Sample): boolean {
  return Math.abs(one.offset - other.offset) > (one.trip + other.trip) / 2 + DRIFT_MS;
}

/** Forgets what was learnt: after sleep, or when the device's clock was set, the old offset is wrong. */
export function forget(): void {
  best = null;
}

/** The server's time now, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + (offset.value ?? 0);
}

const current = ref(serverNow());
let users = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let lastBeat = Date.now();
let onWake: () => void = () => undefined;

/** What to do when the device wakes up or its clock jumps: ask the server for the time. */
export function resyncWith(ask: () => void): void {
  onWake = ask;
}

function beat(): void {
  const now = Date.now();
  if (Math.abs(now - lastBeat) > SLEPT_MS) {
    forget();
    onWake();
  }
  lastBeat = now;
  current.value = serverNow();
  // On the server's full second, so that all countdowns of a room change together.
  timer = setTimeout(beat, 1000 - (((serverNow() % 1000) + 1000) % 1000) + 5);
}

/** The server's time, changing every second while the component is shown. */
export function useNow(): ComputedRef<number> {
  users += 1;
  if (users === 1) {
    lastBeat = Date.now();
    beat();
  }
  onScopeDispose(() => {
    users -= 1;
    if (users === 0) clearTimeout(timer);
  });
  return computed(() => current.value);
}
