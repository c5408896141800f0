import { fromUtf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { ByteReader } from "./reader";

const VERSION = "age-encryption.org/v1";
const ARMOR = "-----BEGIN AGE";
const LARGEST = 65_536;
const COLUMNS = 64;
const BASE64 = "[A-Za-z0-9+/]";
const MAC = new RegExp(`^--- ${BASE64}{43}$`);
const STANZA = /^->(?: [!-~]+)+$/;

/** The header of an age file whose only stanza is X25519, and the reader of what follows. */
export interface BidHead {
  readonly header: Bytes;
  readonly rest: ByteReader;
}

/**
 * Reads the header of a bid's age file (seal.md §4): exactly one stanza, and that of type X25519.
 * Refuses with `age_header`, `age_armor` or `age_stanzas`. Needs no secret.
 */
export async function readBidHead(file: ByteReader): Promise<BidHead> {
  const start = await file.upTo(LARGEST);
  const lines = new Lines(start);
  const version = lines.next();
  if (version !== VERSION) throw new CryptoError(version.startsWith(ARMOR) ? "age_armor" : "age_header");
  const stanzas: string[] = [];
  let line = lines.next();
  for (; !MAC.test(line); line = lines.next()) {
    if (!STANZA.test(line)) throw new CryptoError("age_header");
    stanzas.push(line.slice(3));
    // A body ends with the first line that is shorter than the others.
    while (lines.next().length === COLUMNS);
  }
  if (stanzas.length === 0) throw new CryptoError("age_header");
  const schemes = stanzas.map((stanza) => stanza.split(" ")[0] ?? "");
  if (schemes.join() !== "X25519") throw new CryptoError("age_stanzas", { stanzas: schemes.join(" ").slice(0, 99) });
  return { header: start.slice(0, lines.at), rest: new ByteReader(prepended(start.slice(lines.at), file)) };
}

class Lines {
  readonly #bytes: Bytes;
  at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  next(): string {
    const end = this.#bytes.indexOf(10, this.at);
    // Without a line feed in reach this is no header at all; its first line may still say what it is.
    if (end < 0) throw new CryptoError("age_header");
    const line = this.#bytes.subarray(this.at, end);
    if (line.some((byte) => byte > 126)) throw new CryptoError("age_header");
    this.at = end + 1;
    return fromUtf8(line);
  }
}

async function* prepended(first: Bytes, rest: ByteReader): AsyncGenerator<Bytes> {
  if (first.length > 0) yield first;
  for (let piece = await rest.some(1 << 22); piece !== null; piece = await rest.some(1 << 22)) yield piece;
}
