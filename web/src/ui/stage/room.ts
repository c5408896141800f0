/** What the stage asks of the room it stands in, whatever kind of room that is. */

import type { ComputedRef, Ref } from "vue";
import type { LinkState } from "@/live/connection";
import type { Pointed, PresenceState } from "@/live/wire";
import type { Kind, MediaState, Slot } from "@/media/types";
import type { Point } from "./pointing";

/** What somebody may send now. */
export interface SendRights {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** Pointing at a shared screen. */
export interface PointingRoom {
  readonly may: ComputedRef<boolean>;
  /** Tells everybody else; null: no more. */
  send(feed: string, at: Point | null): void;
  listen(see: (pointed: Pointed) => void): void;
}

export interface StageRoom {
  readonly id: string;
  /** Who looks. */
  readonly person: ComputedRef<string>;
  /** One of many who only watch: served over streams. */
  readonly audience: ComputedRef<boolean>;
  readonly link: Readonly<Ref<LinkState>>;
  /** News of the room's media as they come over the live connection. */
  readonly news: Readonly<Ref<MediaState | null>>;
  readonly rights: ComputedRef<SendRights>;
  /** Has something to do with media besides looking: the stage is then there even when nobody sends. */
  readonly active: ComputedRef<boolean>;
  /** Who was given the floor and has a place even without a camera; empty where there is none. */
  readonly speaker: ComputedRef<string>;
  /** What the line of controls says before it speaks of what is sent. */
  readonly says: ComputedRef<string>;
  /** Sends already, but nobody sees it yet. */
  readonly waits: ComputedRef<boolean>;
  /** Which slot is large when nobody chose, first that shows a picture. */
  readonly order: ComputedRef<readonly Slot[]>;
  /** May send what a second camera sees: who sits before this window. */
  readonly seat: ComputedRef<boolean>;
  /** Null where nobody points. */
  readonly pointing: PointingRoom | null;
  /** Keeps a picture of what a slot shows; null for whom nothing is kept. */
  readonly keep: ComputedRef<((slot: Slot, picture: Blob) => Promise<void>) | null>;
  /** What a picture of this kind is called that somebody sends. */
  nameOf(person: string, kind: Kind): string;
  /** What somebody in a slot is here. */
  whatOf(slot: Slot, person: string): string;
  presenceOf(person: string): PresenceState | undefined;
}
