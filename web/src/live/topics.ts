/** Topics that say "look again": of a hall's display, of a clerk's desk (docs/http.md, live). */

import { io, type Socket } from "socket.io-client";

interface Again {
  readonly topic: string;
  readonly n: number;
}
interface ServerMessages {
  again: (message: Again) => void;
}
interface ClientMessages {
  watch: (message: { topic: string }, answer: (answer: unknown) => void) => void;
  unwatch: (message: { topic: string }) => void;
}
/** The socket of topics. */
export type TopicSocket = Socket<ServerMessages, ClientMessages>;

/** Watches one topic for as long as it is open and comes back by itself. */
export class TopicWatch {
  private readonly socket: TopicSocket;
  private readonly topic: string;
  private readonly look: () => void;
  private readonly live: (on: boolean) => void;

  constructor(topic: string, look: () => void, live: (on: boolean) => void, socket?: TopicSocket) {
    this.topic = topic;
    this.look = look;
    this.live = live;
    this.socket = socket ?? io("/queue", { path: "/live", transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5_000, autoConnect: false });
  }

  open(): void {
    const { socket } = this;
    socket.on("connect", () => {
      socket.emit("watch", { topic: this.topic }, () => {
        this.live(true);
        // Whatever happened while nobody listened is in the next look.
        this.look();
      });
    });
    const gone = (): void => {
      this.live(false);
    };
    socket.on("disconnect", gone);
    socket.on("connect_error", gone);
    socket.on("again", (message) => {
      if (message.topic === this.topic) this.look();
    });
    socket.connect();
  }

  close(): void {
    this.socket.disconnect();
  }
}
