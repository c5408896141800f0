/** A room's media for one person: what comes, what is sent, and how both come back by themselves. */

import * as api from "@/http/media";
import { ApiError, codeOf } from "@/http/errors";
import { Kept } from "./kept";
import { UNREACHABLE } from "./peer";
import { takesPieces } from "./pieces";
import { judge, type Quality, type Sample } from "./quality";
import type { Receiver } from "./receiver";
import { Sending } from "./sending";
import { iceServers, OFF, somethingPlays, type Kind, type MediaState, type Slot } from "./types";
import { Viewer } from "./viewer";
import { Watcher } from "./watcher";
import { publish } from "./whip";

/** Why somebody sees the stream that comes a moment later: as an observer, or because nothing else gets through. */
export type Why = "audience" | "blocked";

const SAMPLE_MS = 2000;
/** How long until the direct way is tried again beside the stream. */
const AGAIN_MS = 30_000;


export class MediaSession {
  state: MediaState = OFF;
  readonly camera: Sending;
  readonly screen: Sending;
  /** A second camera of this device. */
  readonly seat: Sending;
  readonly receiving: Kept<Receiver>;
  /** Set when the stream over the page's own connection is used. */
  streaming: Why | null = null;
  qualities: ReadonlyMap<Slot, Quality> = new Map();
  own: Quality | null = null;
  private ready: { viewer: Viewer; tell: (lost: (why: unknown) => void) => void } | null = null;
  private retrying: ReturnType<typeof setTimeout> | undefined;
  private before = new Map<Slot, Sample>();
  private ownBefore: Sample | null = null;
  private asked = 0;
  private open = true;
  private readonly room: string;
  private readonly changed: () => void;
  private readonly timer: ReturnType<typeof setInterval>;

  /** `audience` watches only: many of them are served over streams. */
  constructor(room: string, audience: boolean, changed: () => void) {
    this.room = room;
    this.changed = changed;
    if (audience && takesPieces()) this.streaming = "audience";
    this.camera = this.sending("camera");
    this.screen = this.sending("screen");
    this.seat = this.sending("hall");
    this.receiving = new Kept<Receiver>((lost, signal) => this.receive(lost, signal), {
      changed: () => {
        this.received();
      },
      hopeless: (error) => error instanceof ApiError && (error.status === 401 || error.status === 403),
    });
    this.timer = setInterval(() => void this.measure(), SAMPLE_MS);
    addEventListener("pagehide", this.goodbye);
  }

  /** Asks the server how things are: on entering and whenever the room's connection came back. */
  async ask(): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    try {
      const state = await api.media(this.room);
      if (mine === this.asked) this.take(state);
    } catch {
      // A room without media, or without a network: the next message or reconnection asks again.
    }
  }

  /** Takes the server's news. */
  take(news: MediaState): void {
    if (!this.open) return;
    const restarted = news.epoch !== this.state.epoch && this.state.enabled;
    this.state = { ...news, ice_servers: news.ice_servers ?? this.state.ice_servers ?? [] };
    if (!news.enabled) this.stop();
    else if (restarted) this.renew();
    // Once connected it stays: the next speaker is then seen at once.
    if (news.enabled && somethingPlays(news)) this.receiving.start();
    this.changed();
  }

  /** Tries the direct way again, after the stream was used because nothing else came through. */
  retryDirect(): void {
    if (this.streaming !== "blocked") return;
    clearTimeout(this.retrying);
    this.streaming = null;
    this.receiving.again();
  }

  close(): void {
    this.open = false;
    clearInterval(this.timer);
    removeEventListener("pagehide", this.goodbye);
    this.stop();
  }

  private readonly goodbye = (): void => {
    this.stop();
  };

  private stop(): void {
    clearTimeout(this.retrying);
    this.ready?.viewer.close();
    this.ready = null;
    this.camera.stop();
    this.screen.stop();
    this.seat.stop();
    this.receiving.stop();
  }

  private renew(): void {
    // An engine that was just going away looks like a network that lets nothing through.
    if (this.streaming === "blocked") this.streaming = null;
    this.receiving.renew();
    this.camera.renew();
    this.screen.renew();
    this.seat.renew();
  }

  private sending(kind: Kind): Sending {
    return new Sending(
      kind,
      async (_, tracks, lost, signal) => {
        const token = await api.mediaToken(this.room, kind);
        return publish(kind, token, tracks, iceServers(this.state.ice_servers), lost, signal);
      },
      this.changed,
    );
  }

  private async receive(lost: (why: unknown) => void, signal: AbortSignal): Promise<Receiver> {
    if (this.streaming !== null) return new Watcher(this.room);
    const { ready } = this;
    this.ready = null;
    if (ready === null) return Viewer.open(this.room, lost, signal);
    ready.tell(lost);
    return ready.viewer;
  }

  /** Tries the direct way while the stream goes on; a network that was only busy is not held against it for ever. */
  private async prepare(): Promise<void> {
    let told: unknown = null;
    let lost = (why: unknown): void => {
      told = why;
    };
    try {
      const viewer = await Viewer.open(this.room, (why) => { lost(why); }, new AbortController().signal);
      if (this.streaming !== "blocked" || !this.open) {
        viewer.close();
        return;
      }
      this.ready = {
        viewer,
        tell: (now) => {
          lost = now;
          if (told !== null) now(told);
        },
      };
      this.retryDirect();
    } catch {
      this.retrying = setTimeout(() => void this.prepare(), AGAIN_MS * 2);
    }
  }

  private received(): void {
    const { receiving } = this;
    this.before.clear();
    const blocked = receiving.state === "waiting" && codeOf(receiving.error) === UNREACHABLE;
    if (blocked && this.streaming === null && takesPieces()) {
      this.streaming = "blocked";
      receiving.again();
      this.retrying = setTimeout(() => void this.prepare(), AGAIN_MS);
      return;
    }
    this.changed();
  }

  private async measure(): Promise<void> {
    const receiver = this.receiving.thing;
    const now = receiver === null ? new Map<Slot, Sample>() : await receiver.samples();
    const found = new Map<Slot, Quality>();
    for (const [slot, sample] of now) {
      const earlier = this.before.get(slot);
      const quality = earlier === undefined ? null : judge(earlier, sample);
      if (quality !== null) found.set(slot, quality);
    }
    const own = await this.camera.sample();
    this.own = own === null || this.ownBefore === null ? null : judge(this.ownBefore, own);
    const shown = found.size > 0 || this.qualities.size > 0 || this.own !== null || this.ownBefore !== null;
    this.ownBefore = own;
    this.before = now;
    this.qualities = found;
    if (shown) this.changed();
  }
}
