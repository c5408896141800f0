import { ed25519 } from "@noble/curves/ed25519.js";
import { equalBytes, fromB64u, fromBase64, sha256, utf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";

const LARGEST = 8 * 1024;
const MOST_SIGNATURES = 16;

/** A signed head of a log (C2SP tlog-checkpoint). */
export interface Checkpoint { readonly origin: string; readonly size: number; readonly root: Bytes }

/**
 * Reads a head and checks its signature. `origin` and `key` (b64u, 32 bytes) come from the manifest;
 * the signature line's name is the origin's site (log.md). Lines by other signers are passed over,
 * as C2SP signed-note says. Refuses with
 * `checkpoint`, `checkpoint_origin` or `checkpoint_signature`.
 */
export async function verifyCheckpoint(text: string, origin: string, key: string): Promise<Checkpoint> {
  const { note, checkpoint, signatures } = split(text);
  if (checkpoint.origin !== origin) throw new CryptoError("checkpoint_origin", { expected: origin, found: checkpoint.origin });
  const publicKey = fromB64u(key, 32);
  const name = origin.split("/openings/")[0] ?? origin;
  const expected = keyHash(name, publicKey);
  const ours = signatures.find((each) => each.name === name && equalBytes(each.bytes.subarray(0, 4), expected));
  if (ours === undefined || !(await verifyEd25519(publicKey, ours.bytes.slice(4), utf8(note)))) throw new CryptoError("checkpoint_signature");
  return checkpoint;
}

const NOTE = /^([^\s+]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/=]{44})\n$/u;
const SIGNATURE = /^— ([^\s+]{1,200}) ([A-Za-z0-9+/=]+)$/u;

/** The signed text of a head, what it says, and its signatures: a four-byte key hash before each. */
function split(text: string): {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly signatures: readonly { readonly name: string; readonly bytes: Bytes }[];
} {
  const refuse = (): never => {
    throw new CryptoError("checkpoint");
  };
  if (text.length > LARGEST || !text.endsWith("\n") || !text.includes("\n\n")) refuse();
  const end = text.indexOf("\n\n") + 1;
  const note = text.slice(0, end);
  const [, origin, size, root] = NOTE.exec(note) ?? refuse();
  if (origin === undefined || root === undefined || !Number.isSafeInteger(Number(size))) return refuse();
  const rootBytes = fromBase64(root);
  if (rootBytes.length !== 32) refuse();
  const signatures = text.slice(end + 1, -1).split("\n").map((line) => {
    const [, name, encoded] = SIGNATURE.exec(line) ?? refuse();
    if (name === undefined || encoded === undefined) return refuse();
    const bytes = fromBase64(encoded);
    return bytes.length < 5 ? refuse() : { name, bytes };
  });
  if (signatures.length > MOST_SIGNATURES) refuse();
  return { note, checkpoint: { origin, size: Number(size), root: rootBytes }, signatures };
}

function keyHash(name: string, publicKey: Bytes): Bytes {
  return sha256(utf8(`${name}\n`), Uint8Array.of(1), publicKey).slice(0, 4);
}

/** Ed25519 (RFC 8032). WebCrypto has it only in newer browsers: Chrome 109, the oldest served, doesn't. */
export async function verifyEd25519(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  let native: CryptoKey;
  try {
    native = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch {
    // An unknown algorithm, or a point that noble refuses as well.
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  }
  return crypto.subtle.verify("Ed25519", native, signature, message);
}
