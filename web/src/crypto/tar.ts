import { concat, equalBytes, fromUtf8, utf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import type { ByteReader } from "./reader";

// POSIX ustar with every field fixed, so that names and sizes alone decide all bytes that are not
// content (seal.md §4).
const BLOCK = 512;
const SMALLEST = 65_536;
const MOST_NAME = 180;
const LARGEST_FILE = 8 ** 11 - 1;
const ZEROS = new Uint8Array(1 << 20);

/** The first two members of every bid, and the folder of the others. */
export const STATEMENT = "statement.json";
export const FORM = "form.json";
export const FOLDER = "files/";

/** Files an envelope may hold. */
export const MOST_FILES = 1000;

/** A member to write: `bytes` yields exactly `size` bytes. */
export interface TarMember { readonly name: string; readonly size: number; readonly bytes: AsyncIterable<Bytes> }

/** Whether a bid may hold a file of this name, one that every system can unpack. */
export function isFileName(name: string): boolean {
  const size = utf8(name).length;
  // eslint-disable-next-line no-control-regex -- these are the characters to refuse
  return size >= 1 && size <= MOST_NAME && name !== "." && name !== ".." && !/[/\\\u0000-\u001f\u007f-\u009f]|[\ud800-\udfff]/u.test(name);
}

/** The size that a tar of `total` bytes is padded to, so that sizes tell little. */
export function bucket(total: number): number {
  if (total <= SMALLEST) return SMALLEST;
  const step = 2 ** (Math.floor(Math.log2(total)) - 3);
  return Math.ceil(total / step) * step;
}

function rounded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function ustar(name: Bytes, size: number, type: "0" | "x"): Bytes {
  const block = new Uint8Array(BLOCK);
  const field = (at: number, text: string): void => {
    block.set(utf8(text), at);
  };
  block.set(name);
  field(100, "0000644\0");
  field(108, "0000000\0");
  field(116, "0000000\0");
  field(124, `${size.toString(8).padStart(11, "0")}\0`);
  field(136, "00000000000\0");
  field(148, "        ");
  field(156, type);
  field(257, "ustar\x0000");
  field(329, "0000000\0");
  field(337, "0000000\0");
  const sum = block.reduce((total, byte) => total + byte, 0);
  field(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** All blocks before the content of the member at `position`: a pax record goes before long and non-ASCII names. */
function memberHeader(name: string, size: number, position: number): Bytes {
  if (size > LARGEST_FILE) throw new CryptoError("tar_size", { name, most: LARGEST_FILE });
  const raw = utf8(name);
  if (raw.length <= 100 && raw.every((byte) => byte < 128)) return ustar(raw, size, "0");
  // `LENGTH path=NAME\n`: the length counts its own two or three digits.
  const length = raw.length + 9 < 100 ? raw.length + 9 : raw.length + 10;
  const record = concat(utf8(`${length} path=`), raw, utf8("\n"));
  // Readers that know no pax still get distinct names.
  const number = position - 1;
  return concat(
    ustar(utf8(`PaxHeaders/${number}`), record.length, "x"),
    record,
    new Uint8Array(rounded(record.length) - record.length),
    ustar(utf8(`${FOLDER}${number}`), size, "0"),
  );
}

/** Size of the padded tar of these members. */
export function tarSize(members: readonly { readonly name: string; readonly size: number }[]): number {
  const sizes = members.map(({ name, size }, position) => memberHeader(name, size, position).length + rounded(size));
  return bucket(sizes.reduce((total, size) => total + size, 2 * BLOCK));
}

/** The padded tar of these members, in pieces. */
export async function* writeTar(members: readonly TarMember[]): AsyncGenerator<Bytes> {
  let written = 0;
  for (const [position, member] of members.entries()) {
    const header = memberHeader(member.name, member.size, position);
    yield header;
    let size = 0;
    for await (const piece of member.bytes) {
      size += piece.length;
      yield piece;
    }
    // The digest was taken of other bytes: the file changed while it was being sealed.
    if (size !== member.size) throw new CryptoError("file_changed", { name: member.name });
    yield ZEROS.subarray(0, rounded(size) - size);
    written += header.length + rounded(size);
  }
  for (let left = bucket(written + 2 * BLOCK) - written; left > 0; left -= ZEROS.length) {
    yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
  }
}

/** A member being read: its bytes have to be read to their end before the next member. */
export interface ReadMember { readonly name: string; readonly size: number; readonly bytes: AsyncGenerator<Bytes> }

/**
 * Reads a padded tar as `writeTar` makes it, and no other: each header is made again from its name
 * and size and compared, so that no byte of it can hide anything.
 */
export class TarReader {
  readonly #source: ByteReader;
  readonly #seen = new Set<string>();
  #taken = 0;

  constructor(source: ByteReader) {
    this.#source = source;
  }

  /** The next member, or null once the end and the padding have been checked. */
  async next(): Promise<ReadMember | null> {
    const first = await this.#exactly(BLOCK);
    if (first.every((byte) => byte === 0)) return this.#end();
    const position = this.#seen.size;
    const long = first[156] === 0x78;
    const found = long ? concat(first, await this.#exactly(2 * BLOCK)) : first;
    const size = octal(found.subarray(found.length - BLOCK), position);
    const name = long ? paxName(found, position) : plainName(first);
    if (!equalBytes(found, memberHeader(name, size, position))) throw new CryptoError("tar_header", { position });
    checkPlace(name, position);
    if (this.#seen.has(name)) throw new CryptoError("tar_duplicate", { name });
    this.#seen.add(name);
    return { name, size, bytes: this.#content(size) };
  }

  async *#content(size: number): AsyncGenerator<Bytes> {
    for (let left = size; left > 0; ) {
      const piece = await this.#source.some(left);
      if (piece === null) throw new CryptoError("tar_truncated");
      left -= piece.length;
      this.#taken += piece.length;
      yield piece;
    }
    const padding = await this.#exactly(rounded(size) - size);
    if (!isZero(padding)) throw new CryptoError("tar_padding");
  }

  async #exactly(size: number): Promise<Bytes> {
    const bytes = await this.#source.upTo(size);
    if (bytes.length !== size) throw new CryptoError("tar_truncated");
    this.#taken += size;
    return bytes;
  }

  async #end(): Promise<null> {
    if (this.#seen.size < 2) throw new CryptoError("tar_order");
    // The first of the two zero blocks has been taken already.
    if (!isZero(await this.#exactly(BLOCK))) throw new CryptoError("tar_padding");
    const expected = bucket(this.#taken);
    for (let piece = await this.#source.some(1 << 20); piece !== null; piece = await this.#source.some(1 << 20)) {
      if (!isZero(piece)) throw new CryptoError("tar_padding");
      this.#taken += piece.length;
    }
    if (this.#taken !== expected) throw new CryptoError("tar_bucket", { expected, found: this.#taken });
    return null;
  }
}

function isZero(bytes: Bytes): boolean {
  return bytes.every((byte) => byte === 0);
}

function checkPlace(name: string, position: number): void {
  const expected = [STATEMENT, FORM][position];
  if (expected !== undefined ? name !== expected : !name.startsWith(FOLDER)) throw new CryptoError("tar_order");
  if (position >= MOST_FILES + 2) throw new CryptoError("tar_count", { most: MOST_FILES });
  if (expected === undefined && !isFileName(name.slice(FOLDER.length))) throw new CryptoError("tar_name", { name });
}

function plainName(block: Bytes): string {
  const zero = block.subarray(0, 100).indexOf(0);
  return String.fromCharCode(...block.subarray(0, zero < 0 ? 100 : zero));
}

function octal(block: Bytes, position: number): number {
  const text = String.fromCharCode(...block.subarray(124, 136));
  if (!/^[0-7]{11}\0$/.test(text)) throw new CryptoError("tar_header", { position });
  return parseInt(text, 8);
}

function paxName(header: Bytes, position: number): string {
  const size = octal(header, position);
  const name = /^[0-9]+ path=([^\0]*)\n$/u.exec(fromUtf8(header.subarray(BLOCK, BLOCK + Math.min(size, BLOCK))))?.[1];
  if (name === undefined) throw new CryptoError("tar_header", { position });
  return name;
}
