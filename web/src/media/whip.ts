/** Sends one feed by WHIP (RFC 9725): offer by HTTP with a bearer token, answer back, no trickle, no renegotiation. */

import { ApiError } from "@/http/errors";
import { connected, newPeer, whenLost } from "./peer";
import type { Kind, Token } from "./types";

export interface Tracks {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
}

/** A feed that is being sent. */
export interface Publication {
  readonly peer: RTCPeerConnection;
  /** Sends another sound or picture, or none, from now on. */
  put(tracks: Tracks): Promise<void>;
  close(): void;
}

/** Bits a second at most. A screen is rarely new, and then has to be read. */
const MOST: Readonly<Record<Kind, { bitrate: number; frames: number }>> = {
  camera: { bitrate: 700_000, frames: 24 },
  hall: { bitrate: 1_500_000, frames: 30 },
  screen: { bitrate: 1_500_000, frames: 10 },
};

/** Rooms carry VP8 and Opus; what repeats lost packets goes with them. */
function prefer(transceiver: RTCRtpTransceiver, kind: "audio" | "video"): void {
  const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
  const wanted = kind === "audio" ? ["audio/opus"] : ["video/vp8", "video/rtx"];
  const chosen = wanted.flatMap((mime) => codecs.filter((codec) => codec.mimeType.toLowerCase() === mime));
  if (chosen.length > 0) transceiver.setCodecPreferences(chosen);
}

async function refusal(answer: Response): Promise<ApiError> {
  try {
    const { error } = (await answer.json()) as { error?: { code?: unknown; params?: unknown } };
    if (typeof error?.code === "string") {
      return new ApiError(error.code, (error.params ?? {}) as Record<string, unknown>, answer.status);
    }
  } catch {
    // No JSON: something between answered.
  }
  return new ApiError(answer.status >= 500 ? "unavailable" : `status_${answer.status}`, {}, answer.status);
}

async function post(token: Token, offer: string, signal: AbortSignal): Promise<{ answer: string; resource: string }> {
  // The address is made for cameras elsewhere; this page came from the same server, perhaps by another name.
  const endpoint = new URL(token.url, location.href).pathname;
  let answer: Response;
  try {
    answer = await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token.token}`, "X-Yunkai": "1" },
      body: offer,
      cache: "no-store",
      signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", {}, 0);
  }
  if (answer.status !== 201) throw await refusal(answer);
  const resource = new URL(answer.headers.get("Location") ?? endpoint, new URL(endpoint, location.href)).pathname;
  return { answer: await answer.text(), resource };
}

/** Sends the tracks as one feed; resolves when packets flow. */
export async function publish(
  kind: Kind,
  token: Token,
  tracks: Tracks,
  servers: RTCIceServer[],
  lost: (why: unknown) => void,
  signal: AbortSignal,
): Promise<Publication> {
  const peer = newPeer(servers);
  const { bitrate, frames } = MOST[kind];
  // Sound and picture are always offered, so that either can begin later without a new negotiation.
  const audio = peer.addTransceiver(tracks.audio ?? "audio", { direction: "sendonly" });
  const video = peer.addTransceiver(tracks.video ?? "video", {
    direction: "sendonly",
    sendEncodings: [{ maxBitrate: bitrate, maxFramerate: frames }],
  });
  prefer(audio, "audio");
  prefer(video, "video");
  let resource = "";
  const leave = (): void => {
    peer.close();
    if (resource === "") return;
    // keepalive: this is also how a page says goodbye while it is being left.
    fetch(resource, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${token.token}`, "X-Yunkai": "1" },
      keepalive: true,
    }).catch(() => undefined);
  };
  try {
    await peer.setLocalDescription();
    const answered = await post(token, peer.localDescription?.sdp ?? "", signal);
    resource = answered.resource;
    await peer.setRemoteDescription({ type: "answer", sdp: answered.answer });
    await connected(peer, signal);
  } catch (error) {
    leave();
    throw error;
  }
  whenLost(peer, lost);
  return {
    peer,
    put: async (now) => {
      await Promise.all([audio.sender.replaceTrack(now.audio), video.sender.replaceTrack(now.video)]);
    },
    close: leave,
  };
}
