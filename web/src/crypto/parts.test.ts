import { describe, expect, it } from "vitest";
import { ageOpen, ageSeal, identityOf, keyOfIdentity, passphraseOpen, recipientOf } from "./age";
import { verifyCheckpoint } from "./checkpoint";
import { b64u, fromB64u, fromHex, hex, isTime, sha256, timeText, utf8, type Bytes } from "./encoding";
import { hpkeOpen, hpkeSeal, importKemKey } from "./hpke";
import { jcs, parseJson } from "./json";
import { keyFileText, parseKeyFile, sealKeyFile } from "./keyfile";
import { parseEntry, verifyLog } from "./log";
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from "./merkle";
import { readKeyFile } from "./passphrase";
import { ByteReader } from "./reader";
import { anyObject } from "./shape";
import { bidContext, commitment, deal, halfCommitment, keyCommitment, recoverSecret, xor } from "./shares";
import { hexDigestOf, importSigningKey, parseSealed, signObject, signedBytes, verifySealed, type Kind, type Sealed } from "./signing";
import { TarReader, bucket, writeTar } from "./tar";
import { vectors, type Refused } from "./testing/vectors";
import { readTrusteeKeyFile } from "./trustee";

async function* pieces(bytes: Bytes, size = 1000): AsyncGenerator<Bytes> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size));
}

async function all(source: AsyncIterable<Bytes>): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const piece of source) parts.push(piece.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** The code with which `work` is refused, or "accepted". */
async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "accepted";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe("encoding (seal.md §1)", () => {
  const vector = vectors("encoding") as {
    base64: { hex: string; text: string }[];
    base64_refused: { text: string; refused: string }[];
    jcs: { value: unknown; text: string; sha256: string }[];
    json_refused: { text?: string; hex?: string; refused: string }[];
    times: { microseconds_since_epoch: number; text: string }[];
    times_refused: { text: string }[];
  };

  it.each(vector.base64)("writes and reads $text", ({ hex: bytes, text }) => {
    expect(b64u(fromHex(bytes))).toBe(text);
    expect(hex(fromB64u(text))).toBe(bytes);
  });

  it.each(vector.base64_refused)("refuses the base64 $text", async ({ text, refused }) => {
    expect(await refusalOf(() => fromB64u(text))).toBe(refused);
  });

  it.each(vector.jcs)("writes $text canonically, and reads it back", ({ value, text, sha256: digest }) => {
    expect(new TextDecoder().decode(jcs(value))).toBe(text);
    expect(hex(sha256(jcs(value)))).toBe(digest);
    expect(parseJson(text)).toEqual(value);
  });

  it.each(vector.json_refused)("refuses the JSON $text$hex as $refused", async ({ text, hex: bytes, refused }) => {
    expect(await refusalOf(() => parseJson(text ?? fromHex((bytes ?? "").toLowerCase())))).toBe(refused);
  });

  it("writes times rounded down, and takes no other spelling", () => {
    for (const { microseconds_since_epoch: at, text } of vector.times) expect(timeText(new Date(Math.floor(at / 1000)))).toBe(text);
    for (const { text } of vector.times_refused) expect(isTime(text)).toBe(false);
  });
});

describe("sealed objects (seal.md §1)", () => {
  const vector = vectors("signing") as {
    kind: Kind;
    private: string;
    public: string;
    object: Sealed;
    signed: string;
    digest: string;
    refused: (Refused & { object: unknown; signer: string | null })[];
  };
  const check = async (object: unknown, signer?: string): Promise<void> => {
    await verifySealed(vector.kind, parseSealed(vector.kind, anyObject, object), signer);
  };

  it("have the digest of what is signed", () => {
    expect(new TextDecoder().decode(signedBytes(vector.kind, vector.object.body))).toBe(vector.signed);
    expect(hexDigestOf(vector.kind, vector.object)).toBe(vector.digest);
  });

  it("made elsewhere are verified here, and those made here as well", async () => {
    await check(vector.object, vector.public);
    const key = await importSigningKey(fromB64u(vector.private));
    expect(key.point).toBe(vector.public);
    await check(await signObject(vector.kind, { opening: "bridge-7" }, key), vector.public);
  });

  it.each(vector.refused)("are refused: $why", async ({ object, signer, refused }) => {
    expect(await refusalOf(() => check(object, signer ?? undefined))).toBe(refused);
  });
});

describe("HPKE (suite 1)", () => {
  const vector = vectors("hpke") as {
    private: string;
    public: string;
    info: string;
    plain: string;
    sealed: string;
    refused: (Refused & { info: string; sealed: string })[];
  };

  it("opens what was sealed elsewhere, with a key that can't be exported", async () => {
    const key = await importKemKey(fromB64u(vector.private));
    expect(key.point).toBe(vector.public);
    expect(key.pair.privateKey.extractable).toBe(false);
    expect(b64u(await hpkeOpen(key, fromB64u(vector.info), fromB64u(vector.sealed)))).toBe(vector.plain);
    const sealed = await hpkeSeal(key.point, fromB64u(vector.info), utf8("云开"));
    expect(await hpkeOpen(key, fromB64u(vector.info), sealed)).toEqual(utf8("云开"));
  });

  it.each(vector.refused)("refuses $why", async ({ info, sealed, refused }) => {
    const key = await importKemKey(fromB64u(vector.private));
    expect(await refusalOf(() => hpkeOpen(key, fromB64u(info), fromB64u(sealed)))).toBe(refused);
  });
});

describe("shares (seal.md §3)", () => {
  const vector = vectors("shares") as {
    cases: {
      threshold: number;
      count: number;
      manifest: string;
      bidder: string;
      bid: string;
      envelope: string;
      ctx: string;
      secret: string;
      shares: { index: number; share: string; blind: string }[];
      commitments: string[];
      kc: string;
      halves: { trustees: string; bidder: string; commitments: { trustees: string; bidder: string } };
    }[];
  };

  it.each(vector.cases)("are dealt alike everywhere: $threshold of $count", (given) => {
    const ctx = bidContext(fromHex(given.manifest), given.bidder, given.bid, given.envelope);
    const secret = fromB64u(given.secret);
    const shares = deal(secret, ctx, given.threshold, given.count);
    expect(b64u(ctx)).toBe(given.ctx);
    expect(shares.map(({ index, share, blind }) => ({ index, share: b64u(share), blind: b64u(blind) }))).toEqual(given.shares);
    expect(shares.map((share) => commitment(ctx, share))).toEqual(given.commitments);
    expect(keyCommitment(ctx, secret)).toBe(given.kc);
    expect(b64u(recoverSecret([...shares].reverse(), ctx, given.threshold, given.commitments) ?? utf8(""))).toBe(given.secret);
    const { trustees, bidder, commitments } = given.halves;
    expect(b64u(xor(fromB64u(trustees), fromB64u(bidder)))).toBe(given.secret);
    expect(halfCommitment(ctx, "trustees", fromB64u(trustees))).toBe(commitments.trustees);
    expect(halfCommitment(ctx, "bidder", fromB64u(bidder))).toBe(commitments.bidder);
  });
});

describe("age files (seal.md §4)", () => {
  const vector = vectors("age") as {
    cases: { identity: string; secret: string; recipient: string; size: number; file: string }[];
    passphrase: { passphrase: string; plain: string; file: string };
  };

  it.each(vector.cases)("made elsewhere open here, and the other way round: $size bytes", async ({ identity, secret, recipient, size, file }) => {
    const key = fromB64u(secret);
    const plain = new Uint8Array(size).fill(0xa5);
    expect(identityOf(key)).toBe(identity);
    expect(keyOfIdentity(identity)).toEqual(key);
    expect(await recipientOf(key)).toBe(recipient);
    // Digests: comparing arrays element by element takes seconds.
    expect(hex(sha256(await all(ageOpen(key, pieces(fromB64u(file))))))).toBe(hex(sha256(plain)));
    const sealed = await all(ageSeal(key, pieces(plain)));
    expect(sealed.length).toBe(fromB64u(file).length);
    expect(hex(sha256(await all(ageOpen(key, pieces(sealed)))))).toBe(hex(sha256(plain)));
  });

  it("under a passphrase open with it", async () => {
    const { passphrase, plain, file } = vector.passphrase;
    expect(await passphraseOpen(fromB64u(file), passphrase)).toBe(plain);
  });
});

describe("the tar (seal.md §4)", () => {
  interface Trimmed {
    start: string;
    size: number;
    sha256: string;
  }
  const vector = vectors("tar") as {
    cases: (Trimmed & { members: { name: string; content: string }[] })[];
    buckets: { total: number; bucket: number }[];
    refused: (Refused & Trimmed)[];
  };

  const whole = ({ start, size }: Trimmed): Bytes => {
    const tar = new Uint8Array(size);
    tar.set(fromB64u(start));
    return tar;
  };
  const readAll = async (tar: Bytes): Promise<{ name: string; content: string }[]> => {
    const reader = new TarReader(new ByteReader(pieces(tar)));
    const members = [];
    for (let next = await reader.next(); next !== null; next = await reader.next()) {
      members.push({ name: next.name, content: b64u(await all(next.bytes)) });
    }
    return members;
  };

  it.each(vector.cases)("of $size bytes is the same everywhere", async (given) => {
    const members = given.members.map(({ name, content }) => ({ name, size: fromB64u(content).length, bytes: pieces(fromB64u(content)) }));
    expect(hex(sha256(await all(writeTar(members))))).toBe(given.sha256);
    expect(await readAll(whole(given))).toEqual(given.members);
  });

  it.each(vector.buckets)("of $total bytes is padded to $bucket", ({ total, bucket: expected }) => {
    expect(bucket(total)).toBe(expected);
  });

  it.each(vector.refused)("is refused: $why", async (given) => {
    expect(await refusalOf(() => readAll(whole(given)))).toBe(given.refused);
  });
});

describe("key files (seal.md §6)", () => {
  const vector = vectors("keyfile") as {
    passphrase: string;
    bidder: { opening: string; bidder: string; keys: { bid: string; envelope: string; secret: string; half: boolean }[]; text: string; file: string };
    trustee: { person: string; kem_public: string; sign_public: string; file: string };
    refused: (Refused & { text?: string; file?: string; passphrase?: string; as?: string })[];
  };

  it("of a bidder are read and written alike", async () => {
    const { opening, bidder, keys, text, file } = vector.bidder;
    const expected = { opening, bidder, keys: keys.map(({ bid, envelope, half, secret }) => ({ bid, envelope, half, key: fromB64u(secret) })) };
    expect(await readKeyFile(fromB64u(file), vector.passphrase)).toEqual(expected);
    expect(keyFileText(expected)).toBe(text);
  });

  it("written here are read here", async () => {
    const file = parseKeyFile(vector.bidder.text);
    expect(await readKeyFile(await sealKeyFile(file, "八个汉字的口令呀"), "八个汉字的口令呀")).toEqual(file);
  }, 60_000);

  it("of a trustee are read", async () => {
    const key = await readTrusteeKeyFile(fromB64u(vector.trustee.file), vector.passphrase);
    expect([key.person, key.kem.point, key.signing.point]).toEqual([vector.trustee.person, vector.trustee.kem_public, vector.trustee.sign_public]);
  });

  it.each(vector.refused)("are refused: $why", async ({ text, file, passphrase, as, refused }) => {
    const read = as === "trustee" ? readTrusteeKeyFile : readKeyFile;
    expect(await refusalOf(() => (text === undefined ? read(fromB64u(file ?? ""), passphrase ?? "") : parseKeyFile(text)))).toBe(refused);
  });
});

describe("the log (log.md)", () => {
  const { merkle, checkpoint } = vectors("log") as {
    merkle: {
      entries: string[];
      leaves: string[];
      roots: string[];
      inclusion: { size: number; index: number; proof: string[] }[];
      consistency: { old: number; new: number; proof: string[] }[];
      inclusion_refused: (Refused & { leaf: string; index: number; size: number; proof: string[]; root: string })[];
      consistency_refused: (Refused & { old: number; old_root: string; new: number; new_root: string; proof: string[] })[];
    };
    checkpoint: { origin: string; public: string; size: number; root: string; text: string; text_with_witness: string; refused: (Refused & { text: string })[] };
  };
  const bytes = (nodes: readonly string[]): Bytes[] => nodes.map((node) => fromHex(node, 32));
  const leaves = bytes(merkle.leaves);
  const roots = bytes(merkle.roots);
  const root = (size: number): Bytes => roots[size] ?? new Uint8Array(0);

  it("hashes entries to leaves and leaves to roots", () => {
    expect(merkle.entries.map((entry) => hex(leafHash(utf8(entry))))).toEqual(merkle.leaves);
    expect(merkle.roots.map((_, size) => hex(rootOf(leaves.slice(0, size))))).toEqual(merkle.roots);
    expect(merkle.entries.map((entry) => parseEntry(entry).seq)).toEqual(merkle.entries.map((_, i) => i + 1));
  });

  it("proves that a head covers an entry, and that a log only grew", () => {
    for (const { size, index, proof } of merkle.inclusion) verifyInclusion(leaves[index] ?? root(0), index, size, bytes(proof), root(size));
    for (const { old, new: size, proof } of merkle.consistency) verifyConsistency(old, root(old), size, root(size), bytes(proof));
  });

  it.each(merkle.inclusion_refused)("refuses a proof of inclusion with $why", async (given) => {
    const { leaf, index, size, proof, root: expected, refused } = given;
    expect(await refusalOf(() => { verifyInclusion(fromHex(leaf), index, size, bytes(proof), fromHex(expected)); })).toBe(refused);
  });

  it.each(merkle.consistency_refused)("refuses a proof of growth with $why", async (given) => {
    const { old, old_root, new: size, new_root, proof, refused } = given;
    expect(await refusalOf(() => { verifyConsistency(old, fromHex(old_root), size, fromHex(new_root), bytes(proof)); })).toBe(refused);
  });

  it("has heads that are read with and without a witness's signature", async () => {
    for (const text of [checkpoint.text, checkpoint.text_with_witness]) {
      const head = await verifyCheckpoint(text, checkpoint.origin, checkpoint.public);
      expect([head.size, hex(head.root)]).toEqual([checkpoint.size, checkpoint.root]);
    }
  });

  it.each(checkpoint.refused)("refuses a head with $why", async ({ text, refused }) => {
    expect(await refusalOf(() => verifyCheckpoint(text, checkpoint.origin, checkpoint.public))).toBe(refused);
  });

  it("does not fit a head over other entries", async () => {
    const jsonl = merkle.entries.map((entry) => `${entry}\n`).join("");
    expect(await refusalOf(() => verifyLog(jsonl, checkpoint.text, { origin: checkpoint.origin, key: checkpoint.public }))).toBe("bad_log");
  });
});
