import { ageOpen, recipientOf } from "./age";
import { equalBytes, fromHex, hex, sha256, type Bytes } from "./encoding";
import { BidMalformed, CryptoError } from "./errors";
import { checkForm, formItems, type FormValues } from "./form";
import { runningSha256, sha256OfBlob, slicesOf } from "./hash";
import { envelopeOf, verifyHeader, type HeaderEnvelope } from "./header";
import { jcs, parseJson } from "./json";
import { manifestDigest, parseManifest, type Manifest } from "./manifest";
import { statementBody, type FileEntry, type StatementBody } from "./objects";
import { ByteReader } from "./reader";
import { anyObject } from "./shape";
import { bidContext, halfCommitment, keyCommitment, recover, requireDealt, xor, type Share } from "./shares";
import { parseSealed, verifySealed, type Sealed } from "./signing";
import { FOLDER, TarReader, type ReadMember } from "./tar";

/** Where the opening key comes from: itself, or shares and, under policy `both`, the bidder's half. */
export type KeySource =
  | { readonly key: Bytes }
  | { readonly shares: readonly Share[]; readonly half?: Bytes | undefined };

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
  const ctx = bidContext(fromHex(header.body.manifest, 32), header.body.bidder, header.body.bid, envelope.id);
  const key = openingKey(input.source, ctx, manifest, envelope);

  await checkBytes(input, envelope);
  if ((await recipientOf(key)) !== envelope.recipient) throw new BidMalformed("recipient", 6, { envelope: envelope.id });
  const tar = new TarReader(new ByteReader(ageOpen(key, slicesOf(input.age, input.signal))));
  try {
    return { key, ...(await readBid(tar, header.body, header.key, envelope.id, manifest)) };
  } catch (error) {
    throw blamed(error);
  }
}

/** The opening key that the source gives, if the header committed to it (steps 3 to 5). */
export function openingKey(source: KeySource, ctx: Bytes, manifest: Manifest, envelope: HeaderEnvelope): Bytes {
  const { threshold } = manifest.body;
  if ("key" in source) {
    // A wrong key says nothing about the bid: it is simply not the one.
    if (keyCommitment(ctx, source.key) !== envelope.kc) throw new CryptoError("wrong_key", { envelope: envelope.id });
    // What trustees would find has to be found on the bidder's own way too.
    if (manifest.body.policy === "trustees" || manifest.body.policy === "either") requireDealt(source.key, ctx, threshold, envelope.shares);
    return source.key;
  }
  const secret = recover(source.shares, ctx, threshold, envelope.shares);
  const key = envelope.halves === null ? secret : joined(secret, source.half, ctx, envelope.id, envelope.halves);
  if (keyCommitment(ctx, key) !== envelope.kc) throw new BidMalformed("key_mismatch", 5, { envelope: envelope.id });
  return key;
}

function joined(trustees: Bytes, bidder: Bytes | undefined, ctx: Bytes, envelope: string, halves: { trustees: string; bidder: string }): Bytes {
  if (bidder === undefined) throw new CryptoError("no_key", { envelope });
  if (halfCommitment(ctx, "bidder", bidder) !== halves.bidder) throw new CryptoError("wrong_key", { envelope });
  if (halfCommitment(ctx, "trustees", trustees) !== halves.trustees) throw new BidMalformed("key_mismatch", 5, { envelope });
  return xor(trustees, bidder);
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

async function readBid(
  tar: TarReader,
  named: { readonly opening: string; readonly manifest: string; readonly bidder: string; readonly bid: string },
  signer: string,
  envelope: string,
  manifest: Manifest,
): Promise<Omit<OpenedBid, "key">> {
  // step 7
  const statementBytes = await whole(await member(tar));
  const statement = parseSealed("statement", statementBody, parseJson(statementBytes));
  await verifySealed("statement", statement, signer);
  if (!equalBytes(jcs(statement), statementBytes)) throw new BidMalformed("statement", 7);
  const { body } = statement;
  const same = (["opening", "manifest", "bidder", "bid"] as const).every((name) => body[name] === named[name]);
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

  // step 9
  const first = manifest.body.envelopes[0]?.id === envelope;
  try {
    checkForm(first ? formItems(manifest.body.terms) : [], form);
  } catch (error) {
    if (error instanceof CryptoError) throw new BidMalformed(error.code, 9, error.params, { cause: error });
    throw error;
  }
  return { form, files, statement };
}

function formOf(bytes: Bytes): FormValues {
  try {
    const values = anyObject(parseJson(bytes), "form");
    const plain = Object.values(values).every((value) => typeof value === "string" || typeof value === "number");
    if (plain && equalBytes(jcs(values), bytes)) return values as FormValues;
  } catch (error) {
    if (error instanceof CryptoError) throw new BidMalformed(error.code, 8, error.params, { cause: error });
    throw error;
  }
  throw new BidMalformed("form", 8);
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
  const blobs: Blob[] = [];
  for await (const piece of found.bytes) {
    hash.update(piece);
    blobs.push(new Blob([piece]));
  }
  if (found.size !== expected.size || hash.hex() !== expected.sha256) throw new BidMalformed("file_digest", 8, { name: expected.name });
  return new Blob(blobs);
}
