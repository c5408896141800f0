import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { concat, fromUtf8, randomBytes, utf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { readBidHead } from "./agehead";
import { ByteReader } from "./reader";
import { openStream, sealStream, sealedSize } from "./stream";

// The header is age-encryption's work. The payload is ours, because WebCrypto's ChaCha20-Poly1305
// is three times as fast as the library's, and because memory has to stay flat.

/** Work factor of passphrase files: about a second on an office computer. */
const WORK_FACTOR = 18;
const NONCE = 16;

/** A 32-byte opening key as an age identity: `AGE-SECRET-KEY-1…`. */
export function identityOf(key: Bytes): string {
  return bech32.encodeFromBytes("age-secret-key-", key).toUpperCase();
}

/** The 32 bytes of an age identity. */
export function keyOfIdentity(identity: string): Bytes {
  try {
    const { prefix, bytes } = bech32.decodeToBytes(identity);
    if (prefix.toLowerCase() === "age-secret-key-" && identity === identity.toUpperCase() && bytes.length === 32) return concat(bytes);
  } catch (error) {
    throw new CryptoError("bech32", {}, { cause: error });
  }
  throw new CryptoError("bech32");
}

/** Refuses with `bech32` what is no X25519 recipient. */
export function checkRecipient(recipient: string): void {
  try {
    const { prefix, bytes } = bech32.decodeToBytes(recipient);
    if (prefix === "age" && recipient === recipient.toLowerCase() && bytes.length === 32) return;
  } catch (error) {
    throw new CryptoError("bech32", {}, { cause: error });
  }
  throw new CryptoError("bech32");
}

/** Size of the age file around a payload of `plaintext` bytes: its header always has 168 bytes. */
export function ageSize(plaintext: number): number {
  return 168 + NONCE + sealedSize(plaintext);
}

/** The recipient `age1…` that belongs to an opening key. */
export function recipientOf(key: Bytes): Promise<string> {
  return identityToRecipient(identityOf(key));
}

function payloadKey(fileKey: Uint8Array, nonce: Bytes): Bytes {
  return concat(hkdf(sha256, fileKey, nonce, utf8("payload"), 32));
}

/** An age file of `plaintext` with exactly one stanza, X25519, to the recipient of `key`. */
export async function* ageSeal(key: Bytes, plaintext: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await recipientOf(key));
  // An empty file has the header wanted, then a nonce and one empty chunk.
  const empty = await encrypter.encrypt(new Uint8Array(0));
  const header = empty.slice(0, empty.length - NONCE - 16);
  const nonce = randomBytes(NONCE);
  yield concat(header, nonce);
  yield* sealStream(payloadKey(await fileKeyOf(header, key), nonce), plaintext);
}

async function fileKeyOf(header: Bytes, key: Bytes): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityOf(key));
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    throw new CryptoError(headerProblem(error), {}, { cause: error });
  }
}

/** The library tells its refusals apart by their words only. */
function headerProblem(error: unknown): string {
  const words = error instanceof Error ? error.message : "";
  if (words.startsWith("no identity matched")) return "age_no_match";
  return words === "invalid header HMAC" ? "age_hmac" : "age_header";
}

/**
 * The plaintext of an age file under an opening key (seal.md §8 step 6). Refuses with a code
 * that begins with `age_`. What was yielded before a refusal must be thrown away.
 */
export async function* ageOpen(key: Bytes, file: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  const source = new ByteReader(file);
  try {
    const { header, rest } = await readBidHead(source);
    const fileKey = await fileKeyOf(header, key);
    const nonce = await rest.upTo(NONCE);
    if (nonce.length !== NONCE) throw new CryptoError("age_header");
    yield* openStream(payloadKey(fileKey, nonce), rest);
  } finally {
    await source.close();
  }
}

/** A passphrase (scrypt) file of a short text, as `age -d` asks a passphrase for. */
export async function passphraseSeal(text: string, passphrase: string): Promise<Bytes> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  encrypter.setPassphrase(passphrase);
  return concat(await encrypter.encrypt(utf8(text)));
}

/** The text of a passphrase file. Refuses with `passphrase` where it is another one. */
export async function passphraseOpen(file: Bytes, passphrase: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return fromUtf8(await decrypter.decrypt(file, "uint8array"));
  } catch (error) {
    const problem = headerProblem(error);
    throw new CryptoError(problem === "age_no_match" ? "passphrase" : problem, {}, { cause: error });
  }
}
