/** What sending and receiving have in common: a connection that has to come up in time and may be lost. */

import { ApiError } from "@/http/errors";

/** No packet came through in time: UDP is blocked, or the server can't be reached that way. */
export const UNREACHABLE = "media_unreachable";
const CONNECT_MS = 5000;
// A connection that is silent for a moment often comes back by itself.
const SILENT_MS = 2500;

export function newPeer(servers: RTCIceServer[]): RTCPeerConnection {
  return new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-bundle" });
}

/** Resolves when packets can flow; rejects when they can't in time, or the wish is taken back. */
export function connected(peer: RTCPeerConnection, signal: AbortSignal, within = CONNECT_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      done(new ApiError(UNREACHABLE, {}, 0));
    }, within);
    const look = (): void => {
      if (peer.connectionState === "connected") done(null);
      else if (peer.connectionState === "failed") done(new ApiError(UNREACHABLE, {}, 0));
    };
    const stop = (): void => {
      done(new DOMException("aborted", "AbortError"));
    };
    function done(error: Error | null): void {
      clearTimeout(timer);
      peer.removeEventListener("connectionstatechange", look);
      signal.removeEventListener("abort", stop);
      if (error === null) resolve();
      else reject(error);
    }
    peer.addEventListener("connectionstatechange", look);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    else look();
  });
}

/** Tells once when a connection that was up is lost. */
export function whenLost(peer: RTCPeerConnection, lost: (why: unknown) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = false;
  const tell = (): void => {
    if (told) return;
    told = true;
    lost(new ApiError("media_lost", {}, 0));
  };
  peer.addEventListener("connectionstatechange", () => {
    clearTimeout(timer);
    if (peer.connectionState === "failed") tell();
    if (peer.connectionState === "disconnected") timer = setTimeout(tell, SILENT_MS);
  });
}
