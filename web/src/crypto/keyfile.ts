import { identityOf, keyOfIdentity, passphraseSeal } from "./age";
import type { Bytes } from "./encoding";
import { CryptoError } from "./errors";

const LARGEST = 512 * 1024;

/** An opening key, or the bidder's half of one, of one envelope. */
export interface BidKey { readonly bid: string; readonly envelope: string; readonly half: boolean; readonly key: Bytes }

/** What a key file says (seal.md §6). */
export interface KeyFile { readonly opening: string; readonly bidder: string; readonly keys: readonly BidKey[] }

/** The text of a key file; without halves it is a working `age -i` identity file. */
export function keyFileText(file: KeyFile): string {
  const lines = ["# yunkai key file v1", `# opening ${file.opening}`, `# bidder ${file.bidder}`];
  for (const { bid, envelope, half, key } of file.keys) {
    lines.push(`# bid ${bid} envelope ${envelope}${half ? " half" : ""}`, identityOf(key));
  }
  return `${lines.join("\n")}\n`;
}

/** Reads the text of a key file; anything else is refused with `key_file`. */
export function parseKeyFile(text: string): KeyFile {
  const refuse = (): never => {
    throw new CryptoError("key_file");
  };
  const lines = text.split("\n");
  if (lines.pop() !== "") return refuse();
  const [title, openingLine, bidderLine, ...rest] = lines;
  const opening = /^# opening ([a-z0-9-]{1,64})$/.exec(openingLine ?? "")?.[1];
  const bidder = /^# bidder ([a-z0-9-]{1,64})$/.exec(bidderLine ?? "")?.[1];
  if (title !== "# yunkai key file v1" || opening === undefined || bidder === undefined || rest.length === 0 || rest.length % 2 !== 0) {
    return refuse();
  }
  const keys = Array.from({ length: rest.length / 2 }, (_, i) => {
    const [, bid, envelope, half] = /^# bid (b-[a-z2-7]{20}) envelope ([a-z0-9-]{1,64})( half)?$/.exec(rest[2 * i] ?? "") ?? [];
    if (bid === undefined || envelope === undefined) return refuse();
    return { bid, envelope, half: half !== undefined, key: keyOfIdentity(rest[2 * i + 1] ?? "") };
  });
  if (new Set(keys.map(({ bid, envelope }) => `${bid} ${envelope}`)).size !== keys.length) return refuse();
  return { opening, bidder, keys };
}

/** A key file protected by a passphrase. Takes seconds: for workers, as `passphrase.ts` is for pages. */
export function sealKeyFile(file: KeyFile, passphrase: string): Promise<Bytes> {
  return passphraseSeal(keyFileText(file), passphrase);
}

/** The bytes of a key file; one that is far too large for a key file isn't read. */
export async function keyFileBytes(file: Blob | Bytes): Promise<Bytes> {
  const size = file instanceof Blob ? file.size : file.length;
  if (size > LARGEST) throw new CryptoError("key_file");
  return file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
}
