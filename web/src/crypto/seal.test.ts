import { describe, expect, it } from "vitest";
import { keyOfIdentity } from "./age";
import { equalBytes, fromB64u, utf8 } from "./encoding";
import { CryptoError } from "./errors";
import { parseKeyFile } from "./keyfile";
import { verifyHeader } from "./header";
import { manifestHash, verifyManifest } from "./manifest";
import { checkOpenedBid, type KeySource } from "./open";
import { sealBid, type SealInput, type SealedBid } from "./seal";
import { bidContext, type Share } from "./shares";
import { makeTender, must, type Tender } from "./testing/tender";
import { openOuter, unwrapShare } from "./wraps";

const PRICE = 1_234_567_00;

function inputOf(tender: Tender, files: readonly File[]): SealInput {
  return {
    manifest: tender.manifest,
    bidder: "acme",
    key: tender.bidder,
    previous: null,
    madeWith: "page",
    envelopes: [{ id: "a", form: { price: PRICE }, files }],
  };
}

async function sharesOf(tender: Tender, bid: SealedBid): Promise<Share[]> {
  const ctx = bidContext(manifestHash(tender.manifest), "acme", bid.bid, "a");
  const outer = fromB64u(bid.submission.outers.a ?? "");
  const wraps = await openOuter(tender.gate, ctx, outer, tender.trustees.length);
  return Promise.all(wraps.map((wrap, i) => unwrapShare(must(tender.trustees[i]).kem, ctx, i + 1, wrap)));
}

async function open(tender: Tender, bid: SealedBid, source: KeySource): ReturnType<typeof checkOpenedBid> {
  const { manifest, bidder } = tender;
  return checkOpenedBid({ manifest, header: bid.submission.header, envelope: "a", age: must(bid.envelopes[0]).age, source, enrolled: bidder.point });
}

const FILES = [
  new File([utf8("技术方案")], "技术方案.txt"),
  new File([], "empty.bin"),
  new File([new Uint8Array(200_000).fill(9)], `${"long-".repeat(30)}.bin`),
];

describe("a sealed bid", () => {
  it.each(["trustees", "either", "both"] as const)("opens with any two of three trustees under the policy %s", async (policy) => {
    const tender = await makeTender(policy);
    const bid = await sealBid(inputOf(tender, FILES));
    const [first, second, third] = await sharesOf(tender, bid);
    const bidder = policy === "both" ? must(bid.keys[0]).key : null;
    for (const shares of [[must(first), must(second)], [must(third), must(first)], [must(second), must(third)]]) {
      const opened = await open(tender, bid, { shares, bidder });
      expect(opened.form).toEqual({ price: PRICE });
      expect(opened.files.map((file) => [file.name, file.size])).toEqual(FILES.map((file) => [file.name, file.size]));
      expect(await opened.files[0]?.content.text()).toBe("技术方案");
    }
  });

  it("opens with the bidder's key file under the policy bidder, and needs no trustee", async () => {
    const tender = await makeTender("bidder");
    const bid = await sealBid(inputOf(tender, FILES));
    const file = parseKeyFile(must(bid.keyText));
    expect(bid.submission.outers).toEqual({});
    expect(file.keys[0]?.half).toBe(false);
    await expect(open(tender, bid, { key: must(file.keys[0]).key })).resolves.toMatchObject({ form: { price: PRICE } });
  });

  it("does not open with one trustee", async () => {
    const tender = await makeTender("trustees");
    const bid = await sealBid(inputOf(tender, []));
    const [first] = await sharesOf(tender, bid);
    await expect(open(tender, bid, { shares: [must(first)], bidder: null })).rejects.toMatchObject({ code: "no_key" });
  });

  it("does not open with another bid's key, and nobody is blamed for it", async () => {
    const tender = await makeTender("bidder");
    const bid = await sealBid(inputOf(tender, []));
    const other = await sealBid(inputOf(tender, []));
    await expect(open(tender, bid, { key: must(other.keys[0]).key })).rejects.toMatchObject({ code: "wrong_key" });
  });

  it("ignores a share that a trustee changed", async () => {
    const tender = await makeTender("trustees");
    const bid = await sealBid(inputOf(tender, []));
    const [first, second, third] = await sharesOf(tender, bid);
    const forged = { ...must(first), share: must(first).share.map((byte) => byte ^ 1) };
    await expect(open(tender, bid, { shares: [forged, must(second), must(third)], bidder: null })).resolves.toMatchObject({ form: { price: PRICE } });
    await expect(open(tender, bid, { shares: [forged, must(second)], bidder: null })).rejects.toMatchObject({ code: "no_key" });
  });

  it("is recognised as another file when a byte of it was changed on the way", async () => {
    const tender = await makeTender("bidder");
    const bid = await sealBid(inputOf(tender, []));
    const bytes = new Uint8Array(await must(bid.envelopes[0]).age.arrayBuffer());
    bytes[5000] = must(bytes[5000]) ^ 1;
    const changed = { ...bid, envelopes: [{ ...must(bid.envelopes[0]), age: new Blob([bytes]) }] };
    await expect(open(tender, changed, { key: must(bid.keys[0]).key })).rejects.toMatchObject({ code: "wrong_bytes" });
  });

  it("has a size that tells the bucket and not the size of the files", async () => {
    const tender = await makeTender("bidder");
    const small = await sealBid(inputOf(tender, []));
    const larger = await sealBid(inputOf(tender, [new File([new Uint8Array(30_000)], "a.bin")]));
    expect(small.envelopes[0]?.size).toBe(larger.envelopes[0]?.size);
    expect(small.envelopes[0]?.age.size).toBe(small.envelopes[0]?.size);
  });

  it("names the header it replaces, and has an id of its own", async () => {
    const tender = await makeTender("either");
    const first = await sealBid(inputOf(tender, []));
    const second = await sealBid({ ...inputOf(tender, []), previous: first.digest });
    expect(second.bid).not.toBe(first.bid);
    expect((await verifyHeader(second.submission.header, tender.bidder.point)).body.previous).toBe(first.digest);
  });

  it("keeps two envelopes under two keys, with the form in the first", async () => {
    const tender = await makeTender("either", { envelopes: ["a", "b"] });
    const [a] = inputOf(tender, []).envelopes;
    const bid = await sealBid({ ...inputOf(tender, []), envelopes: [must(a), { id: "b", form: {}, files: FILES }] });
    expect(equalBytes(must(bid.keys[0]).key, must(bid.keys[1]).key)).toBe(false);
    expect(keyOfIdentity(must(bid.keyText).trimEnd().split("\n").at(-1) ?? "")).toEqual(must(bid.keys[1]).key);
  });
});

describe("sealing refuses", () => {
  it.each([
    ["a form without its price", { form: {} }, "form_unfit"],
    ["a price with a fraction", { form: { price: 1.5 } }, "form_unfit"],
    ["a file name with a slash", { files: [new File([], "a\\b")] }, "tar_name"],
    ["two files of one name", { files: [new File([], "a"), new File([], "a")] }, "tar_duplicate"],
    ["two spellings of one name", { files: [new File([], "\u00e9"), new File([], "e\u0301")] }, "tar_duplicate"],
  ])("%s", async (_, change, code) => {
    const tender = await makeTender("bidder");
    const input = inputOf(tender, []);
    await expect(sealBid({ ...input, envelopes: [{ ...must(input.envelopes[0]), ...change }] })).rejects.toMatchObject({ code });
  });

  it("to go on once it was cancelled, and throws away what was written", async () => {
    const tender = await makeTender("bidder");
    const stop = new AbortController();
    const written: string[] = [];
    const sealing = sealBid(inputOf(tender, [new File([new Uint8Array(6 << 20)], "a.bin")]), {
      signal: stop.signal,
      onProgress: ({ stage }) => {
        if (stage === "sealing") stop.abort();
      },
      sink: () => Promise.resolve({ write: () => void written.push("write"), finish: () => Promise.reject(new Error()), abort: () => Promise.resolve(void (written.length = 0)) }),
    });
    await expect(sealing).rejects.toMatchObject({ name: "AbortError" });
    expect(written).toEqual([]);
  });
});

describe("a manifest", () => {
  it("is refused when it was signed by somebody else than the platform", async () => {
    const tender = await makeTender("either");
    await expect(verifyManifest(tender.manifest, tender.bidder.point)).rejects.toMatchObject({ code: "signer" });
  });

  it("is refused when a word of it was changed", async () => {
    const { manifest, platform } = await makeTender("either");
    const forged = { ...manifest, body: { ...manifest.body, threshold: 1 } };
    await expect(verifyManifest(forged, platform.point)).rejects.toBeInstanceOf(CryptoError);
    await expect(verifyManifest(forged, platform.point)).rejects.toMatchObject({ code: "signature" });
  });
});
