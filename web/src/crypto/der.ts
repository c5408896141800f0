import { fromUtf8, hex, type Bytes } from "./encoding";
import { CryptoError } from "./errors";

/** One element of DER (X.690): its tag and what it holds. */
export interface Der { readonly tag: number; readonly content: Bytes }

/** The elements in `bytes`, one after the other. */
export function derElements(bytes: Bytes): readonly Der[] {
  const elements: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0x80;
    const long = first & 0x80 ? first & 0x7f : 0;
    if (first === 0x80 || long > 4) throw new CryptoError("token");
    let size = long === 0 ? first : 0;
    for (let i = 0; i < long; i++) size = size * 256 + (bytes[at + 2 + i] ?? 0);
    const start = at + 2 + long;
    if (start + size > bytes.length) throw new CryptoError("token");
    elements.push({ tag, content: bytes.slice(start, start + size) });
    at = start + size;
  }
  return elements;
}

/** The element at a path of positions, each into what the one before holds. */
export function derAt(bytes: Bytes, ...path: readonly number[]): Der {
  let elements = derElements(bytes);
  let found: Der | undefined;
  for (const position of path) {
    found = elements[position];
    if (found === undefined) throw new CryptoError("token");
    // Only constructed elements hold others (bit 6 of the tag).
    elements = found.tag & 0x20 ? derElements(found.content) : [];
  }
  if (found === undefined) throw new CryptoError("token");
  return found;
}

/** What a time stamp token states; whether its signature holds is for `openssl ts -verify`. */
export interface TokenStatement { readonly algorithm: string; readonly imprint: string; readonly time: Date }

/** Reads the statement in a TimeStampToken (RFC 3161 §2.4.2) in DER. */
export function readToken(token: Bytes): TokenStatement {
  // ContentInfo { type, [0] SignedData { version, digests, EncapsulatedContentInfo { type, [0] OCTET STRING } } }
  const info = derAt(token, 0, 1, 0, 2, 1, 0).content;
  // TSTInfo { version, policy, messageImprint { algorithm { OID }, digest }, serial, genTime }
  const time = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(fromUtf8(derAt(info, 0, 4).content));
  if (time === null) throw new CryptoError("token");
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = ""] = time;
  return {
    algorithm: hex(derAt(info, 0, 2, 0, 0).content),
    imprint: hex(derAt(info, 0, 2, 1).content),
    time: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`),
  };
}
