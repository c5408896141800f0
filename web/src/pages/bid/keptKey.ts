/** Copies of key files on this device: protected by their passphrases, kept in case the download gets lost. */

const place = (bid: string): string => `yunkai.keyfile.${bid}`;

export function keepKeyFile(bid: string, file: Uint8Array<ArrayBuffer>): void {
  try {
    localStorage.setItem(place(bid), btoa(String.fromCharCode(...file)));
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

/** Under which name a bid's key file is saved. */
export const keyFileName = (opening: string, bid: string): string => `${opening}-${bid}.key`;
