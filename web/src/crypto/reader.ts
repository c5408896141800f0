import { concat, type Bytes } from "./encoding";

/** Reads a stream of pieces by sizes of one's own. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Bytes>;
  #rest: Bytes = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Bytes>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next 1 … `most` bytes, or null at the end. */
  async some(most: number): Promise<Bytes | null> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return null;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** The next `size` bytes, fewer only at the end. */
  async upTo(size: number): Promise<Bytes> {
    const first = await this.some(size);
    if (first === null || first.length === size) return first ?? new Uint8Array(0);
    const parts = [first];
    for (let missing = size - first.length; missing > 0; ) {
      const part = await this.some(missing);
      if (part === null) break;
      parts.push(part);
      missing -= part.length;
    }
    return concat(...parts);
  }

  /** Ends the stream early, so that its source can let go of what it holds. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
