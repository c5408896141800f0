import { createSHA256 } from "hash-wasm";
import type { Bytes } from "./encoding";
import { CryptoError } from "./errors";

/** SHA-256 over a stream: WebCrypto has it for whole buffers only. */
export interface RunningHash { update(bytes: Uint8Array): void; hex(): string }

/** A fresh running SHA-256. */
export async function runningSha256(): Promise<RunningHash> {
  const hasher = (await createSHA256()).init();
  return {
    update: (bytes) => void hasher.update(bytes),
    hex: () => hasher.digest("hex"),
  };
}

/** Bytes read from a File at a time: smaller slices cost three times as much. */
export const SLICE = 4 * 1024 * 1024;

/** The bytes of a Blob in slices, so that memory stays flat. A file that changed meanwhile is refused with `file_changed`. */
export async function* slicesOf(blob: Blob, signal?: AbortSignal): AsyncGenerator<Bytes> {
  for (let at = 0; at < blob.size; at += SLICE) {
    signal?.throwIfAborted();
    yield await readSlice(blob, at);
  }
}

/** Browsers refuse to read a file that somebody changed or removed after it was chosen. */
async function readSlice(blob: Blob, at: number): Promise<Bytes> {
  try {
    return new Uint8Array(await blob.slice(at, at + SLICE).arrayBuffer());
  } catch (error) {
    throw new CryptoError("file_changed", { name: blob instanceof File ? blob.name : "" }, { cause: error });
  }
}

/** SHA-256 of a Blob in lowercase hex; `onBytes` hears how many bytes were added. */
export async function sha256OfBlob(blob: Blob, onBytes?: (added: number) => void, signal?: AbortSignal): Promise<string> {
  const hash = await runningSha256();
  for await (const slice of slicesOf(blob, signal)) {
    hash.update(slice);
    onBytes?.(slice.length);
  }
  return hash.hex();
}
