/** One slot's sound or picture over a WebSocket into a media element. */

import { Growth, step, type Range } from "./edge";
import { start } from "./receiver";
import type { Track } from "./types";
import { hasKeyframe } from "./webm";

const TYPES: Readonly<Record<Track, string>> = { audio: 'audio/webm; codecs="opus"', video: 'video/webm; codecs="vp8"' };
const PAUSES = [300, 1000, 2500, 5000] as const;
const LOOK_MS = 250;
/** Half-second pieces that may wait to be played; with more the player is stuck. */
const MOST_WAITING = 24;

/** Whether this browser can take a stream in pieces. */
export function takesPieces(): boolean {
  return "MediaSource" in globalThis && Object.values(TYPES).every((type) => MediaSource.isTypeSupported(type));
}

export class Pieces {
  private socket: WebSocket | null = null;
  private source: MediaSource | null = null;
  private buffer: SourceBuffer | null = null;
  private waiting: ArrayBuffer[] = [];
  /** Instants of the player from which decoding can begin. */
  private begins: number[] = [];
  private growth = new Growth();
  private failures = 0;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly looking: ReturnType<typeof setInterval>;
  private readonly element: HTMLMediaElement;
  private readonly url: string;
  private readonly track: Track;
  private readonly forbidden: () => void;

  constructor(element: HTMLMediaElement, url: string, track: Track, forbidden: () => void) {
    this.element = element;
    this.url = url;
    this.track = track;
    this.forbidden = forbidden;
    this.looking = setInterval(() => {
      this.stay();
    }, LOOK_MS);
    element.addEventListener("error", this.again);
    this.open();
  }

  close(): void {
    this.closed = true;
    clearInterval(this.looking);
    clearTimeout(this.timer);
    this.element.removeEventListener("error", this.again);
    this.drop();
    this.element.removeAttribute("src");
    this.element.load();
  }

  private drop(): void {
    const { socket } = this;
    this.socket = null;
    this.buffer = null;
    this.source = null;
    this.waiting = [];
    this.begins = [];
    this.growth = new Growth();
    socket?.close();
  }

  private readonly again = (): void => {
    if (this.closed) return;
    this.drop();
    clearTimeout(this.timer);
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] ?? 5000;
    this.failures += 1;
    this.timer = setTimeout(() => {
      this.open();
    }, pause);
  };

  private open(): void {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("message", (message: MessageEvent<unknown>) => {
      if (socket === this.socket && message.data instanceof ArrayBuffer) this.take(message.data);
    });
    socket.addEventListener("close", () => {
      if (socket === this.socket) this.again();
    });
  }

  private take(piece: ArrayBuffer): void {
    this.waiting.push(piece);
    if (this.waiting.length > MOST_WAITING) {
      this.again();
      return;
    }
    // The player is made when there is something to play: an empty one looks broken in some browsers.
    if (this.source === null) this.player();
    else this.feed();
  }

  private player(): void {
    const source = new MediaSource();
    this.source = source;
    const url = URL.createObjectURL(source);
    source.addEventListener(
      "sourceopen",
      () => {
        URL.revokeObjectURL(url);
        if (source !== this.source) return;
        const buffer = source.addSourceBuffer(TYPES[this.track]);
        // Pieces are laid one after the other: a pause in the sound is no gap that would stop the player.
        buffer.mode = "sequence";
        buffer.addEventListener("updateend", () => {
          if (buffer === this.buffer) this.feed();
        });
        this.buffer = buffer;
        this.feed();
      },
      { once: true },
    );
    // A new source stops an element that was playing.
    this.element.src = url;
    start(this.element, this.forbidden);
  }

  private feed(): void {
    const { buffer } = this;
    if (buffer === null || buffer.updating || this.element.error !== null) return;
    const next = this.waiting.shift();
    if (next === undefined) return;
    const { buffered } = buffer;
    const begin = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
    if (this.growth.stopped(begin)) {
      this.again();
      return;
    }
    try {
      buffer.appendBuffer(next);
      if (this.track === "audio" || hasKeyframe(next)) this.begins.push(begin);
      this.failures = 0;
    } catch {
      // Full, or broken: beginning anew empties it.
      this.again();
    }
  }

  /** Keeps near the end of the stream and forgets what was played. */
  private stay(): void {
    const { buffer, element } = this;
    if (buffer === null || buffer.updating) return;
    const ranges: Range[] = Array.from({ length: buffer.buffered.length }, (_, i) => [buffer.buffered.start(i), buffer.buffered.end(i)]);
    const { seek, rate, anew, forget } = step(ranges, element.currentTime, element.playbackRate, this.begins);
    if (anew) {
      this.again();
      return;
    }
    if (seek !== null) element.currentTime = seek;
    if (element.playbackRate !== rate) element.playbackRate = rate;
    if (forget !== null) {
      buffer.remove(0, forget);
      this.begins = this.begins.filter((each) => each >= forget);
    }
    // A browser may stop a player that it could not see. Sound that waits for a click is started by the click.
    if (element.paused && ranges.length > 0 && this.track === "video") start(element, this.forbidden);
  }
}
