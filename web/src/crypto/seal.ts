import { ageSeal, recipientOf } from "./age";
import { b64u, hex, newBidId, randomBytes, sha256, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { checkForm, itemsOf, type FormValues } from "./form";
import { runningSha256, sha256OfBlob, slicesOf } from "./hash";
import { headerDigest, type Header, type HeaderBody, type HeaderEnvelope, type MadeWith } from "./header";
import { jcs } from "./json";
import { keyFileText, sealKeyFile, type BidKey, type KeyFile } from "./keyfile";
import { manifestDigest, manifestHash, type Manifest } from "./manifest";
import type { FileEntry, StatementBody } from "./objects";
import { bidContext, commitment, deal, halfCommitment, keyCommitment, xor } from "./shares";
import { signObject, type SigningKey } from "./signing";
import { blobSink, type SinkFactory } from "./sinks";
import type { Submission } from "./submission";
import { FOLDER, FORM, MOST_FILES, STATEMENT, isFileName, tarSize, writeTar, type TarMember } from "./tar";
import { sealOuter, wrapShare } from "./wraps";

/** What goes into one envelope. */
export interface EnvelopeContent {
  readonly id: string;
  readonly form: FormValues;
  readonly files: readonly File[];
}

/** A bid to seal. Everything in it can be cloned to a worker. */
export interface SealInput {
  readonly manifest: Manifest;
  readonly bidder: string;
  readonly key: SigningKey;
  /** The digest of the header this bid replaces. */
  readonly previous: string | null;
  readonly madeWith: MadeWith;
  /** One for each envelope of the manifest, in its order; `itemsOf` says which form items are whose. */
  readonly envelopes: readonly EnvelopeContent[];
  /** Where given, the key file is protected by it. */
  readonly passphrase?: string | undefined;
}

/** How far sealing has come: `done` of `total` bytes of work, each file being read twice. */
export interface SealProgress {
  readonly stage: "hashing" | "sealing" | "finishing";
  readonly done: number;
  readonly total: number;
}

/** How sealing reports, is stopped, and where it writes. */
export interface SealOptions {
  readonly onProgress?: ((progress: SealProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sink?: SinkFactory | undefined;
}

/** One sealed envelope: the age file to upload. */
export interface SealedEnvelope {
  readonly id: string;
  readonly name: string;
  readonly age: Blob;
  readonly sha256: string;
  readonly size: number;
}

/** A sealed bid. */
export interface SealedBid {
  readonly bid: string;
  readonly submission: Submission;
  /** Digest of the header: what the receipt has to name. */
  readonly digest: string;
  readonly envelopes: readonly SealedEnvelope[];
  /** The opening keys, or the bidder's halves of them under policy `both`. */
  readonly keys: readonly BidKey[];
  /** Text of the key file; null for a bid that was sealed elsewhere. */
  readonly keyText: string | null;
  /** The key file under the passphrase, null where there is none. */
  readonly keyFile: Bytes | null;
}

/** The name under which an age file is kept and uploaded. */
export function ageName(bid: string, envelope: string): string {
  return `${bid}-${envelope}.age`;
}

/**
 * Seals a bid (seal.md §3 to §5). Memory stays flat for any size of file: slices in, batches out
 * into the sink. Aborting rejects with the signal's reason and leaves nothing behind.
 */
export async function sealBid(input: SealInput, options: SealOptions = {}): Promise<SealedBid> {
  checkInput(input);
  const bid = newBidId();
  const progress = new Progress(input, options);
  const sealed: { header: HeaderEnvelope; outer: Bytes | null; envelope: SealedEnvelope; key: BidKey }[] = [];
  for (const content of input.envelopes) sealed.push(await sealEnvelope(input, bid, content, progress, options));

  progress.finishing();
  const { manifest, bidder, previous, madeWith } = input;
  const header: Header = await signObject<HeaderBody>(
    "header",
    {
      suite: 1,
      opening: manifest.body.opening,
      manifest: manifestDigest(manifest),
      bidder,
      bid,
      previous,
      made_with: madeWith,
      envelopes: sealed.map((each) => each.header),
    },
    input.key,
  );
  const outers = Object.fromEntries(sealed.flatMap(({ outer, envelope }) => (outer === null ? [] : [[envelope.id, b64u(outer)]])));
  const keys = sealed.map((each) => each.key);
  const keyFile: KeyFile = { opening: manifest.body.opening, bidder, keys };
  return {
    bid,
    submission: { header, outers },
    digest: headerDigest(header),
    envelopes: sealed.map((each) => each.envelope),
    keys,
    keyText: keyFileText(keyFile),
    keyFile: input.passphrase === undefined ? null : await sealKeyFile(keyFile, input.passphrase),
  };
}

function checkInput({ manifest, envelopes }: SealInput): void {
  const wanted = manifest.body.envelopes.map((each) => each.id);
  if (wanted.join() !== envelopes.map((each) => each.id).join()) {
    throw new CryptoError("envelopes");
  }
  envelopes.forEach(({ id, form, files }) => {
    checkForm(itemsOf(manifest, id), form);
    if (files.length > MOST_FILES) throw new CryptoError("tar_count", { most: MOST_FILES });
    const names = new Set<string>();
    for (const file of files) {
      const name = memberName(file);
      if (!isFileName(name)) throw new CryptoError("tar_name", { name });
      if (names.has(name)) throw new CryptoError("tar_duplicate", { name });
      names.add(name);
    }
  });
}

/** Some systems write accents as separate characters; the same name must not have two spellings. */
function memberName(file: File): string {
  return file.name.normalize("NFC");
}

async function sealEnvelope(
  input: SealInput,
  bid: string,
  content: EnvelopeContent,
  progress: Progress,
  { signal, sink = blobSink }: SealOptions,
): Promise<{ header: HeaderEnvelope; outer: Bytes | null; envelope: SealedEnvelope; key: BidKey }> {
  const { manifest, bidder } = input;
  const { policy, threshold, trustees, gate } = manifest.body;
  const ctx = bidContext(manifestHash(manifest), bidder, bid, content.id);

  const trusteesHalf = randomBytes(32);
  const biddersHalf = policy === "both" ? randomBytes(32) : null;
  const key = biddersHalf === null ? trusteesHalf : xor(trusteesHalf, biddersHalf);

  const shares = policy === "bidder" ? [] : deal(trusteesHalf, ctx, threshold, trustees.length);
  const wraps: Bytes[] = [];
  for (const [i, share] of shares.entries()) wraps.push(await wrapShare(trustees[i]?.key ?? "", ctx, share));
  const outer = policy === "bidder" ? null : await sealOuter(gate, ctx, wraps);

  const members = await membersOf(input, bid, content, progress, signal);
  progress.sealing();
  const { age, sha256: digest } = await writeAge(ageName(bid, content.id), key, members, progress, signal, sink);
  return {
    header: {
      id: content.id,
      shares: shares.map((share) => commitment(ctx, share)),
      kc: keyCommitment(ctx, key),
      halves:
        biddersHalf === null
          ? null
          : { trustees: halfCommitment(ctx, "trustees", trusteesHalf), bidder: halfCommitment(ctx, "bidder", biddersHalf) },
      outer: outer === null ? null : hex(sha256(outer)),
      recipient: await recipientOf(key),
      sha256: digest,
      size: age.size,
    },
    outer,
    envelope: { id: content.id, name: ageName(bid, content.id), age, sha256: digest, size: age.size },
    key: { bid, envelope: content.id, half: biddersHalf !== null, key: biddersHalf ?? key },
  };
}

/** The members of the tar in their order: statement, form, files (seal.md §4). */
async function membersOf(
  input: SealInput,
  bid: string,
  content: EnvelopeContent,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<readonly TarMember[]> {
  const form = jcs(content.form);
  const files: FileEntry[] = [];
  for (const file of content.files) {
    const digest = await sha256OfBlob(file, progress.add, signal);
    files.push({ name: memberName(file), size: file.size, sha256: digest });
  }
  const statement = await signObject<StatementBody>(
    "statement",
    {
      opening: input.manifest.body.opening,
      manifest: manifestDigest(input.manifest),
      bidder: input.bidder,
      bid,
      envelope: content.id,
      form: hex(sha256(form)),
      files,
    },
    input.key,
  );
  return [
    wholeMember(STATEMENT, jcs(statement)),
    wholeMember(FORM, form),
    ...content.files.map((file) => ({ name: `${FOLDER}${memberName(file)}`, size: file.size, bytes: slicesOf(file, signal) })),
  ];
}

function wholeMember(name: string, content: Bytes): TarMember {
  return {
    name,
    size: content.length,
    bytes: (async function* () {
      yield await Promise.resolve(content);
    })(),
  };
}

async function writeAge(
  name: string,
  key: Bytes,
  members: readonly TarMember[],
  progress: Progress,
  signal: AbortSignal | undefined,
  sink: SinkFactory,
): Promise<{ readonly age: Blob; readonly sha256: string }> {
  const hash = await runningSha256();
  const out = await sink(name);
  try {
    for await (const piece of ageSeal(key, writeTar(members))) {
      signal?.throwIfAborted();
      hash.update(piece);
      await out.write(piece);
      progress.add(piece.length);
    }
  } catch (error) {
    await out.abort();
    throw error;
  }
  return { age: await out.finish(), sha256: hash.hex() };
}

/** Counts the work: every byte of the files hashed, then every byte of the age files written. */
class Progress {
  readonly #report: (progress: SealProgress) => void;
  readonly #total: number;
  #stage: SealProgress["stage"] = "hashing";
  #done = 0;

  constructor(input: SealInput, options: SealOptions) {
    this.#report = options.onProgress ?? (() => undefined);
    this.#total = input.envelopes.reduce((total, { files }) => {
      const sizes = files.map((file) => ({ name: file.name, size: file.size }));
      return total + files.reduce((size, file) => size + file.size, 0) + tarSize(sizes);
    }, 0);
  }

  readonly add = (bytes: number): void => {
    // Headers and padding make the estimate of the total a little small.
    this.#done = Math.min(this.#done + bytes, this.#total);
    this.#report({ stage: this.#stage, done: this.#done, total: this.#total });
  };

  sealing(): void {
    this.#stage = "sealing";
  }

  finishing(): void {
    this.#stage = "finishing";
    this.#report({ stage: this.#stage, done: this.#total, total: this.#total });
  }
}
