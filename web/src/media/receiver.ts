import type { Sample } from "./quality";
import type { Slot } from "./types";

/** A way by which a room's slots reach this device. */
export interface Receiver {
  /** rtp: as it is sent, at once · stream: over the page's own connection, a second or two later. */
  readonly way: "rtp" | "stream";
  /** Lets a slot play in these elements until the returned function is called. `forbidden`: only after a click. */
  plays(slot: Slot, video: HTMLVideoElement, audio: HTMLAudioElement, forbidden: () => void): () => void;
  /** Counters of each slot, for the quality; empty where there are none. */
  samples(): Promise<Map<Slot, Sample>>;
  close(): void;
}

/** Lets an element play, and tells when the browser wants a click first. */
export function start(element: HTMLMediaElement, forbidden: () => void): void {
  element.play().catch((error: unknown) => {
    // Anything else was overtaken: another source was put in, or the element left the page.
    if (error instanceof DOMException && error.name === "NotAllowedError") forbidden();
  });
}
