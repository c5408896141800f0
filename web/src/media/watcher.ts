/** Receives slots over WebSockets, for large audiences and for networks that let nothing else through. */

import { watchUrl } from "@/http/media";
import { Pieces } from "./pieces";
import type { Sample } from "./quality";
import type { Receiver } from "./receiver";
import type { Slot } from "./types";

export class Watcher implements Receiver {
  readonly way = "stream";
  private readonly room: string;
  private readonly open = new Set<Pieces>();

  constructor(room: string) {
    this.room = room;
  }

  plays(slot: Slot, video: HTMLVideoElement, audio: HTMLAudioElement, forbidden: () => void): () => void {
    const both = [
      new Pieces(video, watchUrl(this.room, slot, "video"), "video", forbidden),
      new Pieces(audio, watchUrl(this.room, slot, "audio"), "audio", forbidden),
    ];
    for (const each of both) this.open.add(each);
    return () => {
      for (const each of both) {
        each.close();
        this.open.delete(each);
      }
    };
  }

  /** What comes over a stream is complete; it is late instead, and the player catches up. */
  samples(): Promise<Map<Slot, Sample>> {
    return Promise.resolve(new Map<Slot, Sample>());
  }

  close(): void {
    for (const each of this.open) each.close();
    this.open.clear();
  }
}
