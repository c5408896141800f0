/** Whether the bytes of a recording are those whose digest is on record. */

import { runningSha256 } from "@/crypto/hash";

export interface OnRecord {
  readonly size: number;
  readonly sha256: string;
}

export type Comparison =
  | { readonly is: "same"; readonly size: number }
  | { readonly is: "differs"; readonly hex: string }
  | { readonly is: "short"; readonly size: number };

/** Reads the first `size` bytes and compares; the memory it takes doesn't grow with the file. */
export async function compare(
  bytes: ReadableStream<Uint8Array>,
  wanted: OnRecord,
  progress: (share: number) => void = () => undefined,
): Promise<Comparison> {
  const hash = await runningSha256();
  const reader = bytes.getReader();
  let size = 0;
  while (size < wanted.size) {
    const { done, value } = await reader.read();
    if (done) return { is: "short", size };
    // A file that still grows has more than what is on record.
    const piece = value.subarray(0, wanted.size - size);
    hash.update(piece);
    size += piece.length;
    progress(size / wanted.size);
  }
  await reader.cancel();
  const hex = hash.hex();
  return hex === wanted.sha256 ? { is: "same", size } : { is: "differs", hex };
}
