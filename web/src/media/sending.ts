/** What this person sends of one kind: tracks that come and go, and a publication kept alive while there are any. */

import { ApiError } from "@/http/errors";
import { Kept, type KeptState } from "./kept";
import { outboundSample, type Sample } from "./quality";
import type { Kind } from "./types";
import type { Publication, Tracks } from "./whip";

/** Makes a publication of these tracks. */
export type Publish = (
  kind: Kind,
  tracks: Tracks,
  lost: (why: unknown) => void,
  signal: AbortSignal,
) => Promise<Publication>;

export class Sending {
  readonly kind: Kind;
  sound: MediaStreamTrack | null = null;
  picture: MediaStreamTrack | null = null;
  private readonly kept: Kept<Publication>;
  private readonly changed: () => void;

  constructor(kind: Kind, publish: Publish, changed: () => void) {
    this.kind = kind;
    this.changed = changed;
    this.kept = new Kept<Publication>(
      async (lost, signal) => {
        const sent = this.tracks();
        const made = await publish(kind, sent, lost, signal);
        // A device may have been turned on or off while the connection was made.
        if (sent.audio !== this.sound || sent.video !== this.picture) await made.put(this.tracks());
        return made;
      },
      {
        hopeless,
        changed: () => {
          // Refused: the camera's light goes out, the reason stays to be read.
          if (this.kept.state === "off" && this.kept.error !== null) this.release();
          changed();
        },
      },
    );
  }

  get state(): KeptState {
    return this.kept.state;
  }

  get error(): unknown {
    return this.kept.error;
  }

  get on(): boolean {
    return this.sound !== null || this.picture !== null;
  }

  setSound(track: MediaStreamTrack | null): void {
    const before = this.sound;
    this.sound = track;
    this.swap(before, track);
  }

  setPicture(track: MediaStreamTrack | null): void {
    const before = this.picture;
    this.picture = track;
    this.swap(before, track);
  }

  /** An engine was started again. */
  renew(): void {
    if (this.on) this.kept.again();
  }

  stop(): void {
    this.release();
    this.kept.stop();
  }

  async sample(): Promise<Sample | null> {
    const peer = this.kept.thing?.peer;
    return peer === undefined ? null : outboundSample(await peer.getStats());
  }

  private release(): void {
    for (const track of [this.sound, this.picture]) track?.stop();
    this.sound = null;
    this.picture = null;
  }

  private tracks(): Tracks {
    return { audio: this.sound, video: this.picture };
  }

  private swap(before: MediaStreamTrack | null, now: MediaStreamTrack | null): void {
    before?.stop();
    // The browser's own button for ending a share, or a camera that was pulled out.
    now?.addEventListener("ended", () => {
      if (this.sound === now) this.setSound(null);
      if (this.picture === now) {
        if (this.kind === "screen") this.stop();
        else this.setPicture(null);
      }
    });
    if (!this.on) this.kept.stop();
    else if (this.kept.state === "off") this.kept.start();
    else {
      this.kept.thing?.put(this.tracks()).catch(() => {
        this.kept.renew();
      });
      this.changed();
    }
  }
}

/** Refusals that another attempt doesn't change. That a feed is taken does: the earlier one may be one's own. */
function hopeless(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 408, 409, 429].includes(error.status);
}
