import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { b64u, base64, concat, fromB64u, hex, randomBytes, sha256, utf8, type Bytes } from "./encoding";
import { hpkeSeal } from "./hpke";
import { jcs } from "./json";
import { verifyLog } from "./log";
import { manifestHash } from "./manifest";
import { leafHash, rootOf } from "./merkle";
import { releaseBody } from "./objects";
import { checkOpenedBid } from "./open";
import { buildRelease, type ReleaseInput, type WrapToOpen } from "./release";
import { sealBid, type SealedBid } from "./seal";
import { bidContext, type Share } from "./shares";
import { parseSealed, verifySealed } from "./signing";
import { makeTender, must, type Tender } from "./testing/tender";
import { answerRehearsal, rehearsalInfo } from "./trustee";
import { openOuter } from "./wraps";

const AFTER = new Date("2026-11-21T01:00:00.000Z");
const BEFORE = new Date("2026-11-21T00:59:59.999Z");

/** A log of two bids, as the server would publish it after the close. */
async function closing(): Promise<{ tender: Tender; bids: SealedBid[]; entries: string[]; head: string; seed: Bytes }> {
  const seed = randomBytes(32);
  const tender = await makeTender("trustees", { log: b64u(ed25519.getPublicKey(seed)) });
  const bids: SealedBid[] = [];
  for (const name of ["a.txt", "b.txt"]) {
    bids.push(await sealBid({ manifest: tender.manifest, bidder: "acme", key: tender.bidder, previous: null, madeWith: "page", envelopes: [{ id: "a", form: { price: 100 }, files: [new File([name], name)] }] }));
  }
  const events = [
    ...bids.map((bid) => ({ type: "BidReceived", bidder: "acme", bid: bid.bid, header: bid.submission.header, header_digest: bid.digest })),
    { type: "BiddingClosed" },
  ];
  const entries = events.map((event, i) =>
    new TextDecoder().decode(jcs({ seq: i + 1, at: "2026-11-21T01:00:00.000Z", by: "system", event, salt: b64u(randomBytes(16)), trace: null })),
  );
  return { tender, bids, entries, head: headOver(entries, seed), seed };
}

function headOver(entries: readonly string[], seed: Bytes): string {
  const root = rootOf(entries.map((entry) => leafHash(utf8(entry))));
  const note = `hall.example/openings/bridge-7\n${entries.length}\n${base64(root)}\n`;
  const publicKey = ed25519.getPublicKey(seed);
  const keyHash = sha256(utf8("hall.example\n"), Uint8Array.of(1), publicKey).slice(0, 4);
  return `${note}\n— hall.example ${base64(concat(keyHash, ed25519.sign(utf8(note), seed)))}\n`;
}

/** The proof of one leaf in a tree of three, by hand. */
function proofOf(entries: readonly string[], index: number): string[] {
  const [first, second, third] = entries.map((entry) => leafHash(utf8(entry)));
  const siblings = index === 0 ? [must(second), must(third)] : [must(first), must(third)];
  return siblings.map(hex);
}

async function releaseInput(place: number, made: Awaited<ReturnType<typeof closing>>): Promise<ReleaseInput> {
  const { tender, bids, entries, head } = made;
  const wraps: WrapToOpen[] = [];
  for (const [i, bid] of bids.entries()) {
    const ctx = bidContext(manifestHash(tender.manifest), "acme", bid.bid, "a");
    const opened = await openOuter(tender.gate, ctx, fromB64u(must(bid.submission.outers.a)), 3);
    wraps.push({
      bid: bid.bid,
      bidder: "acme",
      wrap: b64u(must(opened[place])),
      commitment: must(bid.submission.header.body.envelopes[0]?.shares[place]),
      leaf: JSON.parse(must(entries[i])) as WrapToOpen["leaf"],
      index: i,
      proof: proofOf(entries, i),
    });
  }
  return { key: must(tender.trustees[place]), envelope: "a", manifest: tender.manifest, checkpoint: head, logKey: tender.manifest.body.log.key, wraps, clock: AFTER };
}

describe("a trustee's release", () => {
  it("of two trustees opens every bid, and nobody else is needed", async () => {
    const made = await closing();
    const releases = await Promise.all([0, 2].map(async (place) => buildRelease(await releaseInput(place, made))));
    for (const bid of made.bids) {
      const shares: Share[] = releases.map(({ body }) => {
        const { share, blind } = must(body.shares.find((each) => each.bid === bid.bid));
        return { index: body.index, share: fromB64u(must(share)), blind: fromB64u(must(blind)) };
      });
      const age = must(bid.envelopes[0]).age;
      const opened = await checkOpenedBid({ manifest: made.tender.manifest, header: bid.submission.header, envelope: "a", age, source: { shares, bidder: null } });
      expect(opened.form).toEqual({ price: 100 });
    }
    const first = must(releases[0]);
    await verifySealed("release", parseSealed("release", releaseBody, first), must(made.tender.trustees[0]).signing.point);
    expect(first.body.checkpoint).toBe(made.head);
  });

  it("is refused before the deadline of the trustee's own clock", async () => {
    const input = await releaseInput(0, await closing());
    await expect(buildRelease({ ...input, clock: BEFORE })).rejects.toMatchObject({ code: "clock" });
  });

  it("is refused when the head isn't the log's", async () => {
    const made = await closing();
    const input = await releaseInput(0, made);
    const forged = headOver(made.entries, randomBytes(32));
    await expect(buildRelease({ ...input, checkpoint: forged })).rejects.toMatchObject({ code: "checkpoint_signature" });
    await expect(buildRelease({ ...input, logKey: b64u(randomBytes(32)) })).rejects.toMatchObject({ code: "log_key" });
  });

  it("is refused for a bid that the closing head does not cover", async () => {
    const made = await closing();
    const input = await releaseInput(0, made);
    const checkpoint = headOver(made.entries.slice(0, 1), made.seed);
    await expect(buildRelease({ ...input, checkpoint })).rejects.toMatchObject({ code: "inclusion" });
  });

  it("is refused when a wrap is offered under another bid's leaf", async () => {
    const input = await releaseInput(0, await closing());
    const [first, second] = input.wraps;
    const swapped = [{ ...must(first), leaf: must(second).leaf, index: must(second).index, proof: must(second).proof }];
    await expect(buildRelease({ ...input, wraps: swapped })).rejects.toMatchObject({ code: "leaf" });
  });

  it("says which share could not be unwrapped, and releases the others", async () => {
    const input = await releaseInput(0, await closing());
    const [first, second] = input.wraps;
    const release = await buildRelease({ ...input, wraps: [{ ...must(first), wrap: must(second).wrap }, must(second)] });
    expect(release.body.shares.map((share) => share.problem)).toEqual(["unwrap", null]);
    expect(release.body.shares[0]?.share).toBeNull();
  });

  it("is for the trustees of the manifest only", async () => {
    const input = await releaseInput(0, await closing());
    const stranger = { ...input.key, person: "somebody" };
    await expect(buildRelease({ ...input, key: stranger })).rejects.toMatchObject({ code: "trustee" });
  });
});

describe("a rehearsal", () => {
  it("is answered by the trustee it was made for, and by nobody else", async () => {
    const { trustees } = await makeTender("trustees");
    const nonce = randomBytes(32);
    const key = must(trustees[0]);
    const challenge = b64u(await hpkeSeal(key.kem.point, rehearsalInfo("bridge-7", key.person), nonce));
    expect((await answerRehearsal(key, "bridge-7", challenge)).body.nonce).toBe(b64u(nonce));
    await expect(answerRehearsal(must(trustees[1]), "bridge-7", challenge)).rejects.toMatchObject({ code: "hpke" });
    await expect(answerRehearsal(key, "another", challenge)).rejects.toMatchObject({ code: "hpke" });
  });
});

describe("a log", () => {
  it("fits its head, and no longer does when a word was changed or an entry left out", async () => {
    const { tender, entries, head } = await closing();
    const { log } = tender.manifest.body;
    const jsonl = entries.map((entry) => `${entry}\n`).join("");
    expect((await verifyLog(jsonl, head, log)).entries).toHaveLength(3);
    await expect(verifyLog(jsonl.replace('"system"', '"nobody"'), head, log)).rejects.toMatchObject({ code: "bad_log" });
    await expect(verifyLog(jsonl.slice(jsonl.indexOf("\n") + 1), head, log)).rejects.toMatchObject({ code: "bad_log" });
  });
});
