import type { Sealed } from "@/http/types";

/**
 * Copies of key files on this device: protected by their passphrases, kept in case the download gets lost. The header
 * beside it lets the key be tried without asking the server.
 */

const place = (bid: string): string => `yunkai.keyfile.${bid}`;

const headerPlace = (bid: string): string => `yunkai.header.${bid}`;

export function keepKeyFile(bid: string, file: Uint8Array<ArrayBuffer>, header: Sealed): void {
  try {
    localStorage.setItem(place(bid), btoa(String.fromCharCode(...file)));
    localStorage.setItem(headerPlace(bid), JSON.stringify(header));
  } catch {
    // The downloaded file is the one that counts.
  }
}

export function keptKeyFile(bid: string): Uint8Array<ArrayBuffer> | null {
  try {
    const text = localStorage.getItem(place(bid));
    return text === null ? null : Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

export function keptHeader(bid: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(headerPlace(bid)) ?? "null");
  } catch {
    return null;
  }
}

/** Under which name a bid's key file is saved. */
export const keyFileName = (opening: string, bid: string): string => `${opening}-${bid}.key`;
