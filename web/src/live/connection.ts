/** One room's live connection: joins, replays by `n`, fills gaps, keeps the clock, comes back by itself. */

import { io, type Socket } from "socket.io-client";
import { forget, learn } from "@/http/clock";
import type { MediaState } from "@/media/types";
import type { Entry } from "@/rooms/opening/events";
import { EntryStream, type Numbered } from "./stream";
import {
  isRefused,
  type ClientMessages,
  type Joined,
  type Person,
  type Pointed,
  type Progress,
  type Refused,
  type ServerMessages,
} from "./wire";

const CLOCK_EVERY_MS = 30_000;
const WATCH_EVERY_MS = 2_000;
const SLEPT_MS = 10_000;
const SILENT_MS = 16_000;
const PAGE = 500;

export type LinkState = "connecting" | "live" | "reconnecting" | "refused";

export interface Hooks<E extends Numbered = Entry> {
  entries: (entries: E[]) => void;
  presence: (people: Person<E>[]) => void;
  mine: () => void;
  progress: (progress: Progress) => void;
  media: (state: MediaState) => void;
  pointer: (pointed: Pointed) => void;
  link: (state: LinkState, code: string) => void;
}

/** Reads missing entries over HTTP; rejects when the network is away. */
export type FetchEntries<E extends Numbered = Entry> = (after: number, limit: number) => Promise<{ entries: E[]; n: number }>;

/** The socket of the live interface. */
export type Live<E extends Numbered = Entry> = Socket<ServerMessages<E>, ClientMessages<E>>;

export class RoomConnection<E extends Numbered = Entry> {
  private readonly stream = new EntryStream<E>();
  private readonly socket: Live<E>;
  private filling = false;
  private heard = 0;
  private watched = Date.now();
  private timers: ReturnType<typeof setInterval>[] = [];

  private readonly room: string;
  private readonly fetchEntries: FetchEntries<E>;
  private readonly hooks: Hooks<E>;

  constructor(room: string, fetchEntries: FetchEntries<E>, hooks: Hooks<E>, socket?: Live<E>) {
    this.room = room;
    this.fetchEntries = fetchEntries;
    this.hooks = hooks;
    this.socket =
      socket ??
      io({
        path: "/live",
        transports: ["websocket"],
        reconnectionDelay: 500,
        reconnectionDelayMax: 5_000,
        autoConnect: false,
      });
  }

  open(): void {
    const { socket } = this;
    socket.on("connect", () => {
      this.join();
    });
    socket.on("disconnect", () => {
      this.hooks.link("reconnecting", "");
    });
    socket.on("connect_error", () => {
      this.hooks.link("reconnecting", "");
    });
    socket.on("entries", (message) => {
      if (message.room === this.room) this.take(message.entries);
    });
    socket.on("presence", (message) => {
      if (message.room === this.room) this.hooks.presence(message.people);
    });
    socket.on("beat", (message) => {
      if (message.room !== this.room) return;
      this.heard = Date.now();
      if (this.stream.behind(message.n)) this.fill();
    });
    socket.on("mine", (message) => {
      if (message.room === this.room) this.hooks.mine();
    });
    socket.on("progress", (message) => {
      if (message.room === this.room) this.hooks.progress(message);
    });
    socket.on("media", (message) => {
      if (message.room === this.room) this.hooks.media(message);
    });
    socket.on("pointer", (message) => {
      if (message.room === this.room) this.hooks.pointer(message);
    });
    this.timers = [
      setInterval(() => {
        this.askClock();
      }, CLOCK_EVERY_MS),
      setInterval(() => {
        this.watch();
      }, WATCH_EVERY_MS),
    ];
    globalThis.addEventListener("online", this.wake);
    globalThis.addEventListener("pageshow", this.wake);
    this.hooks.link("connecting", "");
    socket.connect();
  }

  close(): void {
    this.timers.forEach((timer) => {
      clearInterval(timer);
    });
    globalThis.removeEventListener("online", this.wake);
    globalThis.removeEventListener("pageshow", this.wake);
    if (this.socket.connected) this.socket.emit("leave", { room: this.room });
    this.socket.disconnect();
  }

  /** Says where this person points; what cannot be sent now is not worth sending later. */
  point(feed: string, at: { readonly x: number; readonly y: number } | null): void {
    if (this.socket.connected) this.socket.emit("point", { room: this.room, feed, x: at?.x ?? null, y: at?.y ?? null });
  }

  /** Takes entries that came another way, as the answer to a command. */
  take(entries: readonly E[]): void {
    const { ready, gap } = this.stream.take(entries);
    if (ready.length > 0) this.hooks.entries(ready);
    if (gap) this.fill();
  }

  private join(): void {
    const sent = Date.now();
    this.socket.emit("join", { room: this.room, after: this.stream.n }, (answer) => {
      this.joined(answer, sent);
    });
  }

  private joined(answer: Joined<E> | Refused, sent: number): void {
    if (isRefused(answer)) {
      this.hooks.link("refused", answer.error.code);
      return;
    }
    this.heard = Date.now();
    learn(answer.now, sent, this.heard);
    this.hooks.presence(answer.people);
    this.take(answer.entries);
    if (this.stream.behind(answer.n)) this.fill();
    this.hooks.link("live", "");
    this.askClock();
  }

  /** Fetches what is missing, page by page. Stops on a network error: the next beat asks again. */
  private fill(): void {
    if (this.filling) return;
    this.filling = true;
    const more = async (): Promise<void> => {
      for (;;) {
        const { entries, n } = await this.fetchEntries(this.stream.n, PAGE);
        const { ready } = this.stream.take(entries);
        if (ready.length > 0) this.hooks.entries(ready);
        if (ready.length === 0 || !this.stream.behind(n)) return;
      }
    };
    more()
      .catch(() => undefined)
      .finally(() => {
        this.filling = false;
      });
  }

  private askClock(): void {
    if (!this.socket.connected) return;
    const sent = Date.now();
    this.socket.emit("clock", {}, (answer) => {
      learn(answer.now, sent, Date.now());
    });
  }

  /** A device that slept has a stale offset and often a dead socket that still calls itself connected. */
  private watch(): void {
    const now = Date.now();
    const slept = Math.abs(now - this.watched - WATCH_EVERY_MS) > SLEPT_MS;
    this.watched = now;
    if (slept) forget();
    if (slept || (this.socket.connected && now - this.heard > SILENT_MS)) this.revive();
  }

  private readonly wake = (): void => {
    if (this.socket.connected) this.askClock();
    else this.revive();
  };

  private revive(): void {
    this.heard = Date.now();
    this.socket.disconnect();
    this.hooks.link("reconnecting", "");
    this.socket.connect();
  }
}
