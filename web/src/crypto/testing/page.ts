import {
  answerRehearsal,
  b64u,
  createTrusteeKey,
  exportBidderKeyFile,
  exportTrusteeKeyFile,
  forgetAge,
  fromB64u,
  importSigningKey,
  loadOrCreateBidderKey,
  loadTrusteeKey,
  makeCard,
  openInWorker,
  sealBid,
  sealInWorker,
  sha256OfBlob,
  storedAge,
  verifyManifest,
  type SealInput,
} from "@/crypto";

// What journeys do with the built code, as pages do it. Arguments and answers are JSON; files go to
// and come from the server that the journey runs.

interface ToSeal {
  readonly manifest: unknown;
  readonly signing: string;
  readonly price: number;
  readonly sizes: Readonly<Record<string, number>>;
  readonly passphrase: string | null;
}

/** A file whose bytes follow from its size. */
function fileOf(name: string, size: number): File {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >>> 8)) & 255;
  return new File([bytes], name);
}

async function inputOf({ manifest, signing, price, sizes, passphrase }: ToSeal): Promise<SealInput> {
  const files = Object.entries(sizes).map(([name, size]) => fileOf(name, size));
  return {
    manifest: await verifyManifest(manifest),
    bidder: "acme",
    key: await importSigningKey(fromB64u(signing)),
    previous: null,
    madeWith: "page",
    envelopes: [{ id: "a", form: { price }, files }],
    passphrase: passphrase ?? undefined,
  };
}

async function keep(name: string, body: BodyInit): Promise<void> {
  await fetch(`/kept/${name}`, { method: "POST", body });
}

const journey = {
  /** Seals, in a worker or in the page, and hands the files to the journey. */
  async seal(what: ToSeal, where: "worker" | "page"): Promise<object> {
    const stages = new Set<string>();
    const onProgress = ({ stage }: { stage: string }): void => void stages.add(stage);
    const input = await inputOf(what);
    const bid = await (where === "worker" ? sealInWorker(input, { onProgress }) : sealBid(input, { onProgress }));
    for (const { name, age } of bid.envelopes) await keep(name, age);
    if (bid.keyFile !== null) await keep("key.age", bid.keyFile);
    const { bid: id, digest, submission, keyText } = bid;
    return { bid: id, digest, submission, keyText, stages: [...stages] };
  },

  /** Cancels in the middle, waits for the worker to tidy up, and says what is left. */
  async cancel(what: ToSeal): Promise<object> {
    const stop = new AbortController();
    const onProgress = ({ stage }: { stage: string }): void => {
      if (stage === "sealing") stop.abort();
    };
    const outcome = await sealInWorker(await inputOf(what), { signal: stop.signal, onProgress }).then(
      () => "sealed",
      (error: unknown) => (error as Error).name,
    );
    await new Promise((done) => setTimeout(done, 2500));
    const left: string[] = [];
    const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("yunkai-sealed");
    for await (const name of home.keys()) left.push(name);
    return { outcome, left };
  },

  /** Opens a bid that the journey offers. */
  async open(manifest: unknown, header: unknown, key: string): Promise<object> {
    const age = await (await fetch("/offered/bid.age")).blob();
    const source = { key: fromB64u(key) };
    const bid = await openInWorker({ manifest: await verifyManifest(manifest), header, envelope: "a", age, source });
    const files = await Promise.all(bid.files.map(async ({ name, content }) => [name, await sha256OfBlob(content)]));
    return { form: bid.form, files };
  },

  async bidderKey(bidder: string): Promise<object> {
    const key = await loadOrCreateBidderKey("bridge-7", bidder);
    return { point: key.point, extractable: key.privateKey.extractable };
  },

  async exportBidderKey(bidder: string): Promise<string> {
    const key = await loadOrCreateBidderKey("bridge-7", bidder);
    return exportBidderKeyFile({ opening: "bridge-7", bidder, key }, "passphrase").then(
      () => "exported",
      (error: unknown) => (error as { code: string }).code,
    );
  },

  async createTrustee(person: string, passphrase: string): Promise<object> {
    const key = await createTrusteeKey(person);
    return { card: await makeCard(key, "受托人", new Date()), file: b64u(await exportTrusteeKeyFile(key, passphrase)) };
  },

  async rehearse(person: string, challenge: string): Promise<object> {
    const key = await loadTrusteeKey(person);
    if (key === null) throw new Error("no key");
    const { extractable } = key.kem.pair.privateKey;
    return { extractable, answer: await answerRehearsal(key, "bridge-7", challenge) };
  },

  /** The digest of a sealed file that was kept on this device, or null. */
  async stored(name: string): Promise<string | null> {
    const file = await storedAge(name);
    return file === null ? null : sha256OfBlob(file);
  },

  forget: forgetAge,
};

Object.assign(window, { journey });
