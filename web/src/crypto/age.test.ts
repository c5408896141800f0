import { inflateSync } from "node:zlib";
import * as cctv from "cctv-age";
import { describe, expect, it } from "vitest";
import { ageOpen, keyOfIdentity, passphraseOpen } from "./age";
import { hex, sha256, utf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";

interface Vector {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Bytes;
}

function parse(name: string, bytes: Uint8Array): Vector {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("\n\n");
  const fields = Object.fromEntries(text.slice(0, end).split("\n").map((line) => line.split(": ") as [string, string]));
  const rest = bytes.slice(end + 2);
  return { name, fields, file: new Uint8Array(fields.compressed === "zlib" ? inflateSync(rest) : rest) };
}

const VECTORS = Object.entries((cctv as unknown as { default?: Record<string, Uint8Array> }).default ?? cctv)
  .filter((entry): entry is [string, Uint8Array] => entry[1] instanceof Uint8Array)
  .map(([name, bytes]) => parse(name, bytes));

async function* inPieces(file: Bytes): AsyncGenerator<Bytes> {
  for (let at = 0; at < file.length; at += 10_007) yield await Promise.resolve(file.subarray(at, at + 10_007));
}

/** The digest of what a bid reader makes of the file, or the code with which it refuses it. */
async function openedAsBid({ fields, file }: Vector): Promise<string> {
  try {
    const parts: Bytes[] = [];
    for await (const piece of ageOpen(keyOfIdentity(fields.identity ?? ""), inPieces(file))) parts.push(piece);
    return hex(sha256(...parts));
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
}

const X25519 = /^age-encryption\.org\/v1\n-> X25519 [^\n]+\n[^\n]+\n---/;
const bids = VECTORS.filter(({ fields }) => fields.identity?.startsWith("AGE-SECRET-KEY-1") === true);
const passphrases = VECTORS.filter(({ fields, file }) => fields.passphrase !== undefined && fields.armored === undefined && file.length < 10_000);

describe("the test vectors of age", () => {
  it("are all there", () => {
    expect(VECTORS).toHaveLength(143);
  });

  it.each(bids.map((vector) => [vector.name, vector] as const))("are read as a bid or refused: %s", async (_, vector) => {
    const outcome = await openedAsBid(vector);
    const single = X25519.test(Buffer.from(vector.file).toString("latin1"));
    if (vector.fields.expect !== "success") expect(outcome).toMatch(/^age_/);
    else if (single) expect(outcome).toBe(vector.fields.payload);
    else expect(outcome).toMatch(/^age_(stanzas|armor|header)$/);
  });

  it.each(passphrases.map((vector) => [vector.name, vector] as const))("are read with a passphrase or refused: %s", async (_, { fields, file }) => {
    const opened = passphraseOpen(file, fields.passphrase ?? "").then((text) => hex(sha256(utf8(text))));
    if (fields.expect === "success") expect(await opened).toBe(fields.payload);
    else await expect(opened).rejects.toBeInstanceOf(CryptoError);
  }, 30_000);
});
