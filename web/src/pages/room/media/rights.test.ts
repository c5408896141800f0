import { expect, test } from "vitest";
import type { Me } from "@/rooms/opening/action";
import { ceremony, HOST } from "@/rooms/opening/ceremony";
import { fold } from "@/rooms/opening/evolve";
import { rightsOf } from "./rights";

const early = fold(ceremony({ bids: 2, until: "opening" }));
const late = fold(ceremony({ bids: 2, until: "roll_published" }));
const over = fold(ceremony({ bids: 2 }));
const me = (role: Me["role"], person = `${role}-1`): Me => ({ person, role, hostHere: true, signedIn: true, hasBid: role === "bidder" });
const asking = { ...late, floor: { ...late.floor, hands: ["bidder-1"] } };
const speaking = { ...late, floor: { ...late.floor, speaker: "bidder-1" } };

test("a bidder has nothing to do with media before the roll", () => {
  expect(rightsOf(early, me("bidder"))).toEqual({ camera: false, screen: false, floor: false, host: false });
});

test("a bidder asks first, then sends, and shares a screen once it has the floor", () => {
  expect(rightsOf(late, me("bidder"))).toMatchObject({ floor: true, camera: false, screen: false });
  expect(rightsOf(asking, me("bidder"))).toMatchObject({ camera: true, screen: false });
  expect(rightsOf(speaking, me("bidder"))).toMatchObject({ camera: true, screen: true });
});

test("the acting host and the supervisor send at once; only the host shows its screen", () => {
  expect(rightsOf(early, me("host", HOST))).toEqual({ camera: true, screen: true, floor: false, host: true });
  expect(rightsOf(early, me("supervisor"))).toMatchObject({ camera: true, screen: false, floor: false });
});

test("a deputy that doesn't act asks for the floor like everybody else", () => {
  expect(rightsOf(early, me("deputy"))).toMatchObject({ camera: false, floor: true, host: true });
});

test("observers only watch, and when it is over nobody sends", () => {
  expect(rightsOf(late, me("observer"))).toMatchObject({ camera: false, floor: false });
  expect(rightsOf(over, me("host", HOST))).toMatchObject({ camera: false, host: false });
});
