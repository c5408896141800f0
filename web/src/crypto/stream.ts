import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, equalBytes, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { ByteReader } from "./reader";

// age v1 payload (C2SP age, "Payload"): STREAM in chunks of 64 KiB under ChaCha20-Poly1305.
const CHUNK = 64 * 1024;
const TAG = 16;
/** Chunks handed to the cipher together: WebCrypto works on them in parallel, outside this thread. */
const BATCH = 16;

interface Cipher {
  seal(nonce: Bytes, chunk: Bytes): Promise<Bytes> | Bytes;
  open(nonce: Bytes, chunk: Bytes): Promise<Bytes> | Bytes;
}

function nonceOf(counter: number, last: boolean): Bytes {
  const nonce = new Uint8Array(12);
  // An 88-bit counter; 2^53 chunks are more than any file has.
  const view = new DataView(nonce.buffer);
  view.setUint32(3, Math.floor(counter / 2 ** 32));
  view.setUint32(7, counter >>> 0);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function portableCipher(key: Bytes): Cipher {
  return {
    seal: (nonce, chunk) => concat(chacha20poly1305(key, nonce).encrypt(chunk)),
    open: (nonce, chunk) => concat(chacha20poly1305(key, nonce).decrypt(chunk)),
  };
}

async function nativeCipher(key: Bytes): Promise<Cipher> {
  const name = "ChaCha20-Poly1305";
  const format = "raw-secret" as "raw";
  const native = await crypto.subtle.importKey(format, key, name, false, ["encrypt", "decrypt"]);
  return {
    seal: async (iv, chunk) => new Uint8Array(await crypto.subtle.encrypt({ name, iv }, native, chunk)),
    open: async (iv, chunk) => new Uint8Array(await crypto.subtle.decrypt({ name, iv }, native, chunk)),
  };
}

let nativeWorks: Promise<boolean> | undefined;

/** Whether WebCrypto has ChaCha20-Poly1305 and agrees with the library on it. */
export function hasNativeCipher(): Promise<boolean> {
  nativeWorks ??= (async () => {
    try {
      const key = new Uint8Array(32).fill(7);
      const nonce = nonceOf(1, true);
      const chunk = Uint8Array.of(1, 2, 3);
      const sealed = await (await nativeCipher(key)).seal(nonce, chunk);
      return equalBytes(sealed, await portableCipher(key).seal(nonce, chunk));
    } catch {
      return false;
    }
  })();
  return nativeWorks;
}

async function cipherFor(key: Bytes): Promise<Cipher> {
  return (await hasNativeCipher()) ? nativeCipher(key) : portableCipher(key);
}

/** The encrypted payload of a plaintext, a batch of chunks at a time. */
export async function* sealStream(key: Bytes, plaintext: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  const cipher = await cipherFor(key);
  const reader = new ByteReader(plaintext);
  try {
    let counter = 0;
    let batch = await reader.upTo(BATCH * CHUNK);
    for (;;) {
      const following = await reader.upTo(BATCH * CHUNK);
      const end = following.length === 0;
      // An empty plaintext has one empty chunk; no other has one.
      const count = Math.max(1, Math.ceil(batch.length / CHUNK));
      const first = counter;
      const chunks = Array.from({ length: count }, async (_, i) =>
        cipher.seal(nonceOf(first + i, end && i === count - 1), batch.subarray(i * CHUNK, (i + 1) * CHUNK)),
      );
      counter += count;
      yield concat(...(await Promise.all(chunks)));
      if (end) return;
      batch = following;
    }
  } finally {
    await reader.close();
  }
}

/** The plaintext of an encrypted payload; `age_truncated` refuses one cut between chunks, `age_payload` any other change. */
export async function* openStream(key: Bytes, payload: ByteReader): AsyncGenerator<Bytes> {
  const cipher = await cipherFor(key);
  const size = BATCH * (CHUNK + TAG);
  let counter = 0;
  let batch = await payload.upTo(size);
  for (;;) {
    const following = await payload.upTo(size);
    const end = following.length === 0;
    const count = Math.max(1, Math.ceil(batch.length / (CHUNK + TAG)));
    const lastSize = batch.length - (count - 1) * (CHUNK + TAG);
    // Only the very first chunk may be empty.
    if (lastSize < TAG || (lastSize === TAG && counter + count > 1)) throw new CryptoError("age_payload");
    const first = counter;
    const chunks = Array.from({ length: count }, async (_, i) => {
      const chunk = batch.subarray(i * (CHUNK + TAG), (i + 1) * (CHUNK + TAG));
      return cipher.open(nonceOf(first + i, end && i === count - 1), chunk);
    });
    counter += count;
    let opened: Bytes[];
    try {
      opened = await Promise.all(chunks);
    } catch (error) {
      const cut = end && lastSize === CHUNK + TAG && (await opens(cipher, nonceOf(counter - 1, false), batch.subarray(-lastSize)));
      throw new CryptoError(cut ? "age_truncated" : "age_payload", {}, { cause: error });
    }
    yield concat(...opened);
    if (end) return;
    batch = following;
  }
}

async function opens(cipher: Cipher, nonce: Bytes, chunk: Bytes): Promise<boolean> {
  try {
    await cipher.open(nonce, chunk);
    return true;
  } catch {
    return false;
  }
}

/** Size of the payload of `plaintext` bytes. */
export function sealedSize(plaintext: number): number {
  return plaintext + TAG * Math.max(1, Math.ceil(plaintext / CHUNK));
}
