import { describe, expect, it } from "vitest";
import { ByteReader } from "./reader";
import { readBidHead } from "./agehead";
import { b64u, fromB64u, type Bytes } from "./encoding";
import { headerDigest, verifyHeader, type Header } from "./header";
import { importKemKey } from "./hpke";
import { manifestDigest, parseManifest, verifyCard, verifyManifest, type Manifest } from "./manifest";
import { receiptBody, releaseBody } from "./objects";
import { checkOpenedBid, openingKey, readBid } from "./open";
import { anyObject, type Shape } from "./shape";
import { hexDigestOf, importSigningKey, parseSealed, verifySealed, type Kind } from "./signing";
import { verifySubmission } from "./submission";
import { must } from "./testing/tender";
import { vectors, type Refused } from "./testing/vectors";
import { answerRehearsal } from "./trustee";
import { openOuter, unwrapShare } from "./wraps";

interface SharePair {
  index: number;
  share: string;
  blind: string;
}

interface Trimmed {
  start: string;
  size: number;
}

interface Bid {
  policy: string;
  manifest: unknown;
  digest: string;
  keys: { platform: string; gate: string; bidder_public: string; trustees: { kem: string; sign: string }[] };
  bidder: string;
  bid: string;
  submission: { header: unknown; outers: Record<string, string> };
  header_digest: string;
  form: unknown;
  files: { name: string; content: string }[];
  envelopes: { id: string; ctx: string; bidder_secret: string; half: boolean; age: string; wraps?: string[]; shares?: SharePair[]; key: string }[];
}

const seal = vectors("seal") as {
  bids: Bid[];
  objects: { kind: Kind | "rehearsal challenge"; object?: unknown; digest?: string; challenge?: string; nonce?: string }[];
  manifest_refused: (Refused & { object: unknown })[];
  submission_refused: (Refused & { policy: string; submission: unknown })[];
  age_header_refused: (Refused & { head: string })[];
};

const opening = vectors("opening") as {
  recover: (Partial<Refused> & {
    why: string;
    policy: string;
    manifest: unknown;
    header: unknown;
    envelope: string;
    shares: SharePair[];
    bidder_secret: string | null;
    key?: string;
  })[];
  tars: { manifest: unknown; header: unknown; good: Trimmed; refused: (Refused & Trimmed)[] };
};

const shareOf = ({ index, share, blind }: SharePair): { index: number; share: Bytes; blind: Bytes } => ({ index, share: fromB64u(share), blind: fromB64u(blind) });

/** What a refusal says: its code, and its step where it is a verdict on the bidder. */
async function verdictOf(work: () => unknown): Promise<Pick<Partial<Refused>, "refused" | "step">> {
  try {
    await work();
    return { refused: "accepted" };
  } catch (error) {
    const { code, step } = error as { code?: string; step?: number };
    return step === undefined ? { refused: code ?? String(error) } : { refused: code ?? "", step };
  }
}

const expected = ({ refused, step }: Partial<Refused>): Pick<Partial<Refused>, "refused" | "step"> =>
  step === undefined ? { refused: refused ?? "accepted" } : { refused: refused ?? "", step };

async function* whole({ start, size }: Trimmed): AsyncGenerator<Bytes> {
  const tar = new Uint8Array(size);
  tar.set(fromB64u(start));
  yield await Promise.resolve(tar);
}

function trusteePart(bid: Bid, i: number): { kem: string; sign: string } {
  return must(bid.keys.trustees[i]);
}

describe.each(seal.bids)("a bid sealed elsewhere under the policy $policy", (bid) => {
  it("has a manifest, a submission and digests that hold", async () => {
    const manifest = await verifyManifest(bid.manifest, (await importSigningKey(fromB64u(bid.keys.platform))).point);
    expect(manifestDigest(manifest)).toBe(bid.digest);
    const { header } = await verifySubmission(bid.submission, manifest, bid.keys.bidder_public);
    expect(headerDigest(header)).toBe(bid.header_digest);
  });

  it.each(bid.envelopes)("opens envelope $id step by step", async (envelope) => {
    const manifest = parseManifest(bid.manifest);
    const header = await verifyHeader(bid.submission.header);
    const ctx = fromB64u(envelope.ctx);
    if (envelope.wraps !== undefined) {
      const gate = await importKemKey(fromB64u(bid.keys.gate));
      const wraps = await openOuter(gate, ctx, fromB64u(must(bid.submission.outers[envelope.id])), bid.keys.trustees.length);
      expect(wraps.map(b64u)).toEqual(envelope.wraps);
      for (const given of envelope.shares ?? []) {
        const kem = await importKemKey(fromB64u(trusteePart(bid, given.index - 1).kem));
        expect(await unwrapShare(kem, ctx, given.index, must(wraps[given.index - 1]))).toEqual(shareOf(given));
      }
    }
    const shares = (envelope.shares ?? []).map(shareOf);
    const bidder = bid.policy === "both" || bid.policy === "bidder" ? fromB64u(envelope.bidder_secret) : null;
    expect(b64u(openingKey({ shares, bidder }, manifest, header, envelope.id))).toBe(envelope.key);
  });

  it.each(bid.envelopes)("gives the form and the files of envelope $id", async ({ id, age, key }) => {
    // The vectors' terms have no form: their own form is put there, so that the last step has something to check.
    const items = Object.entries(bid.form as Record<string, unknown>).map(([name, value]) => ({
      id: name, kind: typeof value === "number" ? "integer" : "text", label_zh: "", label_en: "", required: true, announced: true, unit: "",
    }));
    const manifest = parseManifest(bid.manifest);
    const header = await verifyHeader(bid.submission.header);
    expect(items.length).toBeGreaterThan(0);
    const opened = await readOpened(manifest, header, id, fromB64u(age), fromB64u(key));
    expect(opened.form).toEqual(bid.form);
    expect(await Promise.all(opened.files.map(async ({ name, content }) => ({ name, content: b64u(new Uint8Array(await content.arrayBuffer())) })))).toEqual(bid.files);
  });
});

async function readOpened(manifest: Manifest, header: Header, envelope: string, age: Bytes, key: Bytes): ReturnType<typeof readBid> {
  const { ageOpen } = await import("./age");
  expect(openingKey({ key }, manifest, header, envelope)).toBe(key);
  return readBid(ageOpen(key, single(age)), header, envelope);
}

async function* single(bytes: Bytes): AsyncGenerator<Bytes> {
  yield await Promise.resolve(bytes);
}

describe("objects of other kinds", () => {
  const signed = seal.objects.filter((each) => each.object !== undefined);

  it.each(signed)("are read and have their digest: $kind", async ({ kind, object, digest }) => {
    const shapes: Partial<Record<string, Shape<object>>> = { receipt: receiptBody, release: releaseBody };
    const parsed = parseSealed(kind as Kind, shapes[kind] ?? anyObject, object);
    await verifySealed(kind as Kind, parsed);
    expect(hexDigestOf(kind as Kind, parsed)).toBe(digest);
  });

  it("rehearse: the trustee's keys open what the server sealed to them", async () => {
    const { challenge, nonce } = must(seal.objects.find((each) => each.kind === "rehearsal challenge"));
    const keys = trusteePart(must(seal.bids.find((bid) => bid.policy === "either")), 0);
    const key = { person: "t-1", kem: await importKemKey(fromB64u(keys.kem)), signing: await importSigningKey(fromB64u(keys.sign)) };
    const answer = await answerRehearsal(key, "bridge-7", must(challenge));
    expect(answer.body.nonce).toBe(nonce);
    await verifySealed("rehearsal", answer, key.signing.point);
  });

  it("of trustees stand in the manifest", async () => {
    for (const { card } of parseManifest(must(seal.bids[0]).manifest).body.trustees) await verifyCard(card);
  });
});

describe("refused", () => {
  it.each(seal.manifest_refused)("a manifest with $why", async (given) => {
    expect(await verdictOf(() => verifyManifest(given.object))).toEqual(expected(given));
  });

  it.each(seal.submission_refused)("a submission: $why", async (given) => {
    const bid = must(seal.bids.find(({ policy }) => policy === "either"));
    const enrolled = bid.keys.bidder_public;
    expect(await verdictOf(() => verifySubmission(given.submission, parseManifest(bid.manifest), enrolled))).toEqual(expected(given));
  });

  it.each(seal.age_header_refused)("an age file with $why", async (given) => {
    expect(await verdictOf(() => readBidHead(new ByteReader(single(fromB64u(given.head)))))).toEqual(expected(given));
  });
});

describe("the verdict (seal.md §8)", () => {
  it.each(opening.recover)("under the policy $policy with $why", async (given) => {
    const header = await verifyHeader(given.header);
    const source = { shares: given.shares.map(shareOf), bidder: given.bidder_secret === null ? null : fromB64u(given.bidder_secret) };
    const recover = (): string => b64u(openingKey(source, parseManifest(given.manifest), header, given.envelope));
    if (given.key === undefined) expect(await verdictOf(recover)).toEqual(expected(given));
    else expect(recover()).toBe(given.key);
  });

  it("takes a tar that is what its statement says", async () => {
    await readBid(whole(opening.tars.good), await verifyHeader(opening.tars.header), "a");
  });

  it.each(opening.tars.refused)("refuses a tar: $why", async (given) => {
    const header = await verifyHeader(opening.tars.header);
    expect(await verdictOf(() => readBid(whole(given), header, "a"))).toEqual(expected(given));
  });

  it("blames nobody for a copy with other bytes", async () => {
    const bid = must(seal.bids.find(({ policy }) => policy === "bidder"));
    const envelope = must(bid.envelopes[0]);
    const age = new Blob([fromB64u(envelope.age), new Uint8Array(1)]);
    const source = { key: fromB64u(envelope.key) };
    expect(await verdictOf(() => checkOpenedBid({ manifest: parseManifest(bid.manifest), header: bid.submission.header, envelope: envelope.id, age, source }))).toEqual({ refused: "wrong_bytes" });
  });
});
