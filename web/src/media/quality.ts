/** How well a picture and its sound come, out of counters of a connection. Pure. */

import type { Slot } from "./types";

export type Grade = "good" | "fair" | "poor";
export type Reason = "loss" | "freezes" | "sound" | "delay" | "jitter" | "cpu" | "bandwidth";

/** Counters since a connection began, sound and picture together. Times in seconds. */
export interface Sample {
  readonly at: number;
  readonly packets: number;
  readonly lost: number;
  readonly frozen: number;
  readonly concealed: number;
  readonly heard: number;
  readonly jitter: number;
  readonly roundTrip: number;
  readonly limited: "none" | "cpu" | "bandwidth" | "other";
}

export interface Quality {
  readonly grade: Grade;
  readonly reasons: readonly Reason[];
}

export const NOTHING: Sample = {
  at: 0, packets: 0, lost: 0, frozen: 0, concealed: 0, heard: 0, jitter: 0, roundTrip: 0, limited: "none",
};

/** From which value on something is noticed, and from which it disturbs. */
const LIMITS = {
  loss: [0.03, 0.1],
  freezes: [0.05, 0.2],
  sound: [0.03, 0.1],
  delay: [0.3, 0.8],
  jitter: [0.06, 0.15],
} as const satisfies Partial<Record<Reason, readonly [number, number]>>;

const share = (part: number, whole: number): number => (whole > 0 ? Math.max(0, part) / whole : 0);

/** What happened between two samples; null when nothing came, which is no quality. */
export function judge(before: Sample, after: Sample): Quality | null {
  const packets = after.packets - before.packets;
  const lost = after.lost - before.lost;
  if (packets <= 0 && lost <= 0) return null;
  const figures = {
    loss: share(lost, packets + Math.max(0, lost)),
    freezes: share(after.frozen - before.frozen, after.at - before.at),
    sound: share(after.concealed - before.concealed, after.heard - before.heard),
    delay: after.roundTrip,
    jitter: after.jitter,
  };
  let grade: Grade = "good";
  const reasons: Reason[] = [];
  for (const name of ["freezes", "loss", "sound", "delay", "jitter"] as const) {
    const [fair, poor] = LIMITS[name];
    if (figures[name] < fair) continue;
    reasons.push(name);
    if (figures[name] >= poor) grade = "poor";
    else if (grade === "good") grade = "fair";
  }
  if (after.limited === "cpu" || after.limited === "bandwidth") {
    reasons.push(after.limited);
    if (grade === "good") grade = "fair";
  }
  return { grade, reasons };
}

// The library's types of statistics leave out most of what browsers say.
type Stat = Readonly<Record<string, unknown>>;

interface Report {
  forEach(act: (stat: Stat) => void): void;
}

const figure = (stat: Stat, name: string): number => {
  const value = stat[name];
  return typeof value === "number" ? value : 0;
};

function add(sum: Sample, stat: Stat): Sample {
  return {
    ...sum,
    at: figure(stat, "timestamp") / 1000,
    packets: sum.packets + figure(stat, "packetsReceived"),
    lost: sum.lost + figure(stat, "packetsLost"),
    frozen: sum.frozen + figure(stat, "totalFreezesDuration"),
    // Silence that is filled with silence is not a fault.
    concealed: sum.concealed + figure(stat, "concealedSamples") - figure(stat, "silentConcealedSamples"),
    heard: sum.heard + figure(stat, "totalSamplesReceived"),
    jitter: Math.max(sum.jitter, figure(stat, "jitter")),
  };
}

/** Counters of each slot of a receiving connection, by the `mid` of its sections. */
export function inboundSamples(report: Report, mids: ReadonlyMap<string, Slot>): Map<Slot, Sample> {
  const found = new Map<Slot, Sample>();
  let roundTrip = 0;
  report.forEach((stat) => {
    if (stat.type === "candidate-pair" && stat.nominated === true) roundTrip = figure(stat, "currentRoundTripTime");
    if (stat.type !== "inbound-rtp") return;
    const slot = mids.get(String(stat.mid));
    if (slot !== undefined) found.set(slot, add(found.get(slot) ?? NOTHING, stat));
  });
  for (const [slot, sample] of found) found.set(slot, { ...sample, roundTrip });
  return found;
}

/** Counters of a sending connection: what the other side reported. */
export function outboundSample(report: Report): Sample {
  let sum = NOTHING;
  report.forEach((stat) => {
    if (stat.type === "outbound-rtp") {
      const limited = stat.qualityLimitationReason;
      sum = {
        ...sum,
        at: figure(stat, "timestamp") / 1000,
        packets: sum.packets + figure(stat, "packetsSent"),
        limited: limited === "cpu" || limited === "bandwidth" ? limited : sum.limited,
      };
    }
    if (stat.type === "remote-inbound-rtp") {
      sum = {
        ...sum,
        lost: sum.lost + figure(stat, "packetsLost"),
        jitter: Math.max(sum.jitter, figure(stat, "jitter")),
        roundTrip: Math.max(sum.roundTrip, figure(stat, "roundTripTime")),
      };
    }
  });
  return sum;
}

export interface Path {
  readonly way: "udp" | "tcp" | "relay";
  readonly roundTrip: number;
}

/** The way the nominated pair of candidates takes. */
export function pathOf(report: Report): Path {
  const locals = new Map<unknown, Stat>();
  let pair: Stat = {};
  report.forEach((stat) => {
    if (stat.type === "local-candidate") locals.set(stat.id, stat);
    if (stat.type === "candidate-pair" && stat.nominated === true) pair = stat;
  });
  const local = locals.get(pair.localCandidateId);
  const way = local?.candidateType === "relay" ? "relay" : local?.protocol === "tcp" ? "tcp" : "udp";
  return { way, roundTrip: Math.round(figure(pair, "currentRoundTripTime") * 1000) };
}
