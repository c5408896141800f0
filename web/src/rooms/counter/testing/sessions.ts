import { readFileSync } from "node:fs";
import type { Entry } from "../events";
import type { Phase } from "../kinds";
import type { Outcome } from "../terms";

/** Where an item ends, as the machine says. */
export interface CaseEnd {
  readonly pages: Readonly<Record<string, readonly string[]>>;
  readonly returned: readonly string[];
  readonly lacking: readonly string[];
  readonly unfilled: readonly string[];
  readonly unconfirmed: readonly string[];
  readonly signed: boolean;
  readonly outcome: Outcome | null;
  readonly processing: boolean;
  readonly finished: boolean;
  readonly paid: readonly string[];
  readonly opinions: readonly (string | null)[];
}

/** A session that the machine itself went through (tests/rooms/counter/browser.py). */
export interface Story {
  readonly entries: readonly Entry[];
  /** The phase after each entry. */
  readonly phases: readonly Phase[];
  readonly personal: Readonly<Record<string, unknown>>;
  readonly end: {
    readonly number: string;
    readonly near: string | null;
    readonly far: string | null;
    readonly absent: readonly string[];
    readonly offers: Readonly<Record<string, string>>;
    readonly over: boolean;
    readonly rating: number | null;
    readonly screenshots: readonly string[];
    readonly removed: readonly string[];
    readonly cases: Readonly<Record<string, CaseEnd>>;
  };
}

export type Name = "whole" | "supplement" | "rejected" | "waiting" | "handed";

const read = JSON.parse(readFileSync(new URL("sessions.json", import.meta.url), "utf-8")) as Readonly<Record<Name, Story>>;

export const NAMES: readonly Name[] = ["whole", "supplement", "rejected", "waiting", "handed"];
export const story = (name: Name): Story => read[name];
