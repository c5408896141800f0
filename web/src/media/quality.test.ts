import { expect, test } from "vitest";
import { inboundSamples, judge, NOTHING, outboundSample, pathOf, type Sample } from "./quality";

const before: Sample = { ...NOTHING, at: 10, packets: 1000, heard: 480_000 };
const later = (more: Partial<Sample>): Sample => ({ ...before, at: 12, packets: 1300, heard: 576_000, ...more });

test("all packets in time are good", () => {
  expect(judge(before, later({}))).toEqual({ grade: "good", reasons: [] });
});

test("nothing that comes is no quality: the camera may be off", () => {
  expect(judge(before, { ...before, at: 12 })).toBe(null);
});

test("lost packets are noticed from three in a hundred and disturb from ten", () => {
  expect(judge(before, later({ lost: 5 }))?.grade).toBe("good");
  expect(judge(before, later({ lost: 15 }))).toEqual({ grade: "fair", reasons: ["loss"] });
  expect(judge(before, later({ lost: 60 }))).toEqual({ grade: "poor", reasons: ["loss"] });
});

test("a picture that stands still for half a second in two is poor", () => {
  expect(judge(before, later({ frozen: 0.5 }))).toEqual({ grade: "poor", reasons: ["freezes"] });
});

test("guessed sound counts by its share", () => {
  expect(judge(before, later({ concealed: 5000 }))).toEqual({ grade: "fair", reasons: ["sound"] });
});

test("a long way and a slow computer are told apart", () => {
  expect(judge(before, later({ roundTrip: 0.5 }))?.reasons).toEqual(["delay"]);
  expect(judge(before, later({ limited: "cpu" }))).toEqual({ grade: "fair", reasons: ["cpu"] });
});

test("the worst grade counts and all reasons are told", () => {
  const all = judge(before, later({ lost: 15, frozen: 1, roundTrip: 0.4 }));
  expect(all).toEqual({ grade: "poor", reasons: ["freezes", "loss", "delay"] });
});

test("counters are sorted into slots by the section they came in", () => {
  const report = [
    { type: "inbound-rtp", mid: "0", packetsReceived: 50, packetsLost: 1, totalSamplesReceived: 100, concealedSamples: 8, silentConcealedSamples: 3, timestamp: 2000 },
    { type: "inbound-rtp", mid: "1", packetsReceived: 200, totalFreezesDuration: 0.25, jitter: 0.02, timestamp: 2000 },
    { type: "inbound-rtp", mid: "9", packetsReceived: 7 },
    { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.12 },
  ];
  const found = inboundSamples(report, new Map([["0", "stage"], ["1", "stage"]]));
  expect([...found.keys()]).toEqual(["stage"]);
  expect(found.get("stage")).toEqual({ at: 2, packets: 250, lost: 1, frozen: 0.25, concealed: 5, heard: 100, jitter: 0.02, roundTrip: 0.12, limited: "none" });
});

test("of what is sent, the other side's reports count", () => {
  const report = [
    { type: "outbound-rtp", kind: "video", packetsSent: 100, qualityLimitationReason: "bandwidth", timestamp: 4000 },
    { type: "remote-inbound-rtp", packetsLost: 12, roundTripTime: 0.2, jitter: 0.01 },
  ];
  expect(outboundSample(report)).toMatchObject({ packets: 100, lost: 12, roundTrip: 0.2, limited: "bandwidth" });
});

test("the way of the packets is that of the pair in use", () => {
  const report = [
    { type: "local-candidate", id: "a", candidateType: "host", protocol: "udp" },
    { type: "local-candidate", id: "b", candidateType: "relay", protocol: "udp" },
    { type: "candidate-pair", nominated: false, localCandidateId: "a" },
    { type: "candidate-pair", nominated: true, localCandidateId: "b", currentRoundTripTime: 0.0421 },
  ];
  expect(pathOf(report)).toEqual({ way: "relay", roundTrip: 42 });
});
