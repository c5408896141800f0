import { ageOpen, recipientOf } from "./age";
import { equalBytes, fromHex, hex, sha256, type Bytes } from "./encoding";
import { BidMalformed, CryptoError } from "./errors";
import { checkForm, itemsOf, type FormValues } from "./form";
import { runningSha256, sha256OfBlob, slicesOf } from "./hash";
import { envelopeOf, verifyHeader, type Header, type HeaderEnvelope } from "./header";
import { jcs, parseJson, type Json } from "./json";
import { manifestDigest, parseManifest, type Manifest } from "./manifest";
import { statementBody, type FileEntry, type StatementBody } from "./objects";
import { ByteReader } from "./reader";
import { bidContext, halfCommitment, keyCommitment, recoverSecret, requireDealt, xor, type Share } from "./shares";
import { parseSealed, verifySealed, type Sealed } from "./signing";
import { blobSink } from "./sinks";
import { FOLDER, TarReader, type ReadMember } from "./tar";

/** Where the opening key comes from: the key that was published, or trustees' shares and the bidder's key. */
export type KeySource =
  | { readonly key: Bytes }
  | {
      readonly shares: readonly Share[];
      /** K, or under policy `both` the bidder's half of it. */
      readonly bidder: Bytes | null;
    };

/** A published bid to check. */
export interface OpenInput {
  /** The manifest that the header names. */
  readonly manifest: Manifest;
  readonly header: unknown;
  readonly envelope: string;
  readonly age: Blob;
  readonly source: KeySource;
  /** The bidder's enrolled key where it is known. */
  readonly enrolled?: string | undefined;
  readonly onBytes?: ((added: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A bid that is exactly what its header and its statement say. */
export interface OpenedBid {
  readonly key: Bytes;
  readonly form: FormValues;
  readonly files: readonly (FileEntry & { readonly content: Blob })[];
  readonly statement: Sealed<StatementBody>;
}

/** Opens and checks one envelope of a bid in the order of seal.md §8. */
export async function checkOpenedBid(input: OpenInput): Promise<OpenedBid> {
  const manifest = parseManifest(input.manifest);
  // step 1
  const header = await verifyHeader(input.header, input.enrolled);
  if (header.body.manifest !== manifestDigest(manifest)) throw new CryptoError("manifest");
  const envelope = envelopeOf(header, input.envelope);
  const key = openingKey(input.source, manifest, header, envelope.id);

  await checkBytes(input, envelope);
  if ((await recipientOf(key)) !== envelope.recipient) throw new BidMalformed("recipient", 6, { envelope: envelope.id });
  const opened = await readBid(ageOpen(key, slicesOf(input.age, input.signal)), header, envelope.id);
  checkTerms(opened.form, manifest, envelope.id);
  return { key, ...opened };
}

/** Steps 7 and 8: the tar inside an envelope and everything in it. */
export async function readBid(plaintext: AsyncIterable<Bytes>, header: Header, envelope: string): Promise<Omit<OpenedBid, "key">> {
  try {
    return await readMembers(new TarReader(new ByteReader(plaintext)), header, envelope);
  } catch (error) {
    throw blamed(error);
  }
}

/**
 * K of one envelope, if the header committed to it (steps 3 to 5). The verdict is the same whoever came.
 * Refuses with `no_key`, `wrong_key` (the key is ignored, the bid unharmed) or a verdict on the bidder.
 */
export function openingKey(source: KeySource, manifest: Manifest, { body }: Header, id: string): Bytes {
  const envelope = envelopeOf({ body }, id);
  const ctx = bidContext(fromHex(body.manifest, 32), body.bidder, body.bid, id);
  const key = "key" in source ? source.key : recoverKey(source.shares, source.bidder, manifest, envelope, ctx);
  if (keyCommitment(ctx, key) === envelope.kc) return key;
  if ("key" in source) throw new CryptoError("wrong_key", { envelope: id });
  throw new BidMalformed("key_mismatch", 5, { envelope: id });
}

function recoverKey(shares: readonly Share[], bidder: Bytes | null, manifest: Manifest, envelope: HeaderEnvelope, ctx: Bytes): Bytes {
  const { policy, threshold } = manifest.body;
  if (bidder !== null) {
    const committed = policy === "both" ? envelope.halves?.bidder : envelope.kc;
    const found = policy === "both" ? halfCommitment(ctx, "bidder", bidder) : keyCommitment(ctx, bidder);
    if (found !== committed) throw new CryptoError("wrong_key", { envelope: envelope.id });
  }
  const secret = policy === "bidder" ? null : recoverSecret(shares, ctx, threshold, envelope.shares);
  if (policy === "both") {
    if (secret === null || bidder === null) throw new CryptoError("no_key", { envelope: envelope.id });
    if (halfCommitment(ctx, "trustees", secret) !== envelope.halves?.trustees) throw new BidMalformed("key_mismatch", 5, { envelope: envelope.id });
    return xor(secret, bidder);
  }
  if (secret !== null) return secret;
  if (bidder === null) throw new CryptoError("no_key", { envelope: envelope.id });
  // What trustees would find has to be found on the bidder's own way too.
  if (policy !== "bidder") requireDealt(bidder, ctx, threshold, envelope.shares);
  return bidder;
}

/** Step 6, first half: other bytes than the header's say nothing about the bidder. */
async function checkBytes({ age, onBytes, signal }: OpenInput, envelope: HeaderEnvelope): Promise<void> {
  if (age.size !== envelope.size || (await sha256OfBlob(age, onBytes, signal)) !== envelope.sha256) {
    throw new CryptoError("wrong_bytes");
  }
}

function blamed(error: unknown): unknown {
  if (!(error instanceof CryptoError) || error instanceof BidMalformed) return error;
  const step = error.code.startsWith("age_") ? 6 : error.code === "tar_padding" || error.code === "tar_bucket" ? 8 : 7;
  return new BidMalformed(error.code, step, error.params, { cause: error });
}

async function readMembers(tar: TarReader, header: Header, envelope: string): Promise<Omit<OpenedBid, "key">> {
  // step 7
  const statementBytes = await whole(await member(tar));
  const statement = parseSealed("statement", statementBody, parseJson(statementBytes));
  await verifySealed("statement", statement, header.key);
  if (!equalBytes(jcs(statement), statementBytes)) throw new BidMalformed("statement", 7);
  const { body } = statement;
  const same = (["opening", "manifest", "bidder", "bid"] as const).every((name) => body[name] === header.body[name]);
  if (!same || body.envelope !== envelope) throw new BidMalformed("statement_names", 7);

  // step 8
  const formBytes = await whole(await member(tar));
  if (hex(sha256(formBytes)) !== body.form) throw new BidMalformed("form_digest", 8);
  const files: (FileEntry & { content: Blob })[] = [];
  for (let next = await tar.next(); next !== null; next = await tar.next()) {
    const expected = body.files[files.length];
    if (expected === undefined || next.name !== `${FOLDER}${expected.name}`) throw new BidMalformed("file_list", 8);
    files.push({ ...expected, content: await checkedFile(next, expected) });
  }
  if (files.length !== body.files.length) throw new BidMalformed("file_list", 8);

  const form = formOf(formBytes);
  return { form, files, statement };
}

/** Step 9: the form fits the tender's terms. */
function checkTerms(form: FormValues, manifest: Manifest, envelope: string): void {
  try {
    checkForm(itemsOf(manifest, envelope), form);
  } catch (error) {
    if (error instanceof CryptoError) throw new BidMalformed(error.code, 9, error.params, { cause: error });
    throw error;
  }
}

function formOf(bytes: Bytes): FormValues {
  try {
    const values = parseJson(bytes);
    if (isForm(values) && equalBytes(jcs(values), bytes)) return values;
  } catch (error) {
    if (error instanceof CryptoError) throw new BidMalformed(error.code, 8, error.params, { cause: error });
    throw error;
  }
  throw new BidMalformed("form", 8);
}

function isForm(value: Json): value is FormValues {
  const plain = (each: Json): boolean => typeof each === "string" || typeof each === "number";
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(plain);
}

async function member(tar: TarReader): Promise<ReadMember> {
  const next = await tar.next();
  if (next === null) throw new CryptoError("tar_order");
  return next;
}

/** A member that has to be small, as bytes. */
async function whole(found: ReadMember): Promise<Bytes> {
  const most = 1 << 20;
  if (found.size > most) throw new CryptoError("tar_size", { name: found.name, most });
  return new Uint8Array(await new Blob(await pieces(found)).arrayBuffer());
}

async function pieces(found: ReadMember): Promise<Bytes[]> {
  const parts: Bytes[] = [];
  for await (const piece of found.bytes) parts.push(piece.slice());
  return parts;
}

async function checkedFile(found: ReadMember, expected: FileEntry): Promise<Blob> {
  const hash = await runningSha256();
  const out = await blobSink();
  try {
    for await (const piece of found.bytes) {
      hash.update(piece);
      await out.write(piece);
    }
  } catch (error) {
    await out.abort();
    throw error;
  }
  const content = await out.finish();
  if (found.size !== expected.size || hash.hex() !== expected.sha256) throw new BidMalformed("file_digest", 8, { name: expected.name });
  return content;
}
