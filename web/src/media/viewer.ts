/** Receives all slots of a room over one connection. The server offers; who is in a slot changes without a word. */

import * as api from "@/http/media";
import { connected, newPeer, whenLost } from "./peer";
import { inboundSamples, pathOf, type Path, type Sample } from "./quality";
import { start, type Receiver } from "./receiver";
import { iceServers, type Slot } from "./types";

interface Streams {
  readonly audio: MediaStream;
  readonly video: MediaStream;
}

export class Viewer implements Receiver {
  readonly way = "rtp";
  private readonly peer: RTCPeerConnection;
  private readonly streams = new Map<Slot, Streams>();
  private readonly mids = new Map<string, Slot>();
  private readonly leave: () => void;

  private constructor(peer: RTCPeerConnection, leave: () => void) {
    this.peer = peer;
    this.leave = leave;
  }

  /** Subscribes; resolves when packets can come. */
  static async open(room: string, lost: (why: unknown) => void, signal: AbortSignal): Promise<Viewer> {
    const offered = await api.newViewer(room);
    const peer = newPeer(iceServers(offered.ice_servers));
    const viewer = new Viewer(peer, () => {
      peer.close();
      api.leaveViewer(room, offered.viewer).catch(() => undefined);
    });
    for (const { slot, audio, video } of offered.sections) {
      viewer.streams.set(slot, { audio: new MediaStream(), video: new MediaStream() });
      viewer.mids.set(audio, slot);
      viewer.mids.set(video, slot);
    }
    peer.addEventListener("track", ({ transceiver, track }) => {
      const slot = viewer.mids.get(transceiver.mid ?? "");
      if (slot !== undefined) viewer.streams.get(slot)?.[track.kind === "audio" ? "audio" : "video"].addTrack(track);
    });
    try {
      signal.throwIfAborted();
      await peer.setRemoteDescription({ type: "offer", sdp: offered.offer });
      await peer.setLocalDescription();
      await api.answerOffer(room, offered.viewer, peer.localDescription?.sdp ?? "");
      await connected(peer, signal);
    } catch (error) {
      viewer.close();
      throw error;
    }
    whenLost(peer, lost);
    return viewer;
  }

  plays(slot: Slot, video: HTMLVideoElement, audio: HTMLAudioElement, forbidden: () => void): () => void {
    const streams = this.streams.get(slot);
    video.srcObject = streams?.video ?? null;
    audio.srcObject = streams?.audio ?? null;
    for (const each of [video, audio]) start(each, forbidden);
    return () => {
      video.srcObject = null;
      audio.srcObject = null;
    };
  }

  /** The way packets take, and how long there and back, in milliseconds. */
  async path(): Promise<Path> {
    return pathOf(await this.peer.getStats());
  }

  async samples(): Promise<Map<Slot, Sample>> {
    return inboundSamples(await this.peer.getStats(), this.mids);
  }

  close(): void {
    this.leave();
  }
}
