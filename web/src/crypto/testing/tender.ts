import { newKemKey, type KemKey } from "../hpke";
import type { CardBody, Manifest, ManifestBody, Policy } from "../manifest";
import { b64u, randomBytes } from "../encoding";
import { newSigningKey, signObject, type SigningKey } from "../signing";
import { makeCard, type TrusteeKey } from "../trustee";
import type { Sealed } from "../signing";

/** A tender with all its keys, as tests need it. */
export interface Tender {
  readonly manifest: Manifest;
  readonly platform: SigningKey;
  readonly gate: KemKey;
  readonly trustees: readonly TrusteeKey[];
  readonly bidder: SigningKey;
}

/** Makes a tender: `t` of `n` trustees (none under policy `bidder`), one form item, the envelopes named. */
export async function makeTender(
  policy: Policy,
  { t = 2, n = 3, envelopes = ["a"], log = b64u(randomBytes(32)) }: { t?: number; n?: number; envelopes?: string[]; log?: string } = {},
): Promise<Tender> {
  const platform = await newSigningKey(true);
  const gate = await newKemKey(true);
  const trustees: TrusteeKey[] = [];
  const cards: Sealed<CardBody>[] = [];
  for (let i = 1; i <= (policy === "bidder" ? 0 : n); i++) {
    const key = { person: `trustee-${i}`, kem: await newKemKey(true), signing: await newSigningKey(true) };
    trustees.push(key);
    cards.push(await makeCard(key, `受托人${i}`, new Date("2026-11-01T00:00:00.000Z")));
  }
  const price = { id: "price", kind: "money", label_zh: "投标报价", label_en: "Price", required: true, announced: true, unit: "" };
  const manifest = await signObject<ManifestBody>(
    "manifest",
    {
      suite: 1,
      opening: "bridge-7",
      version: 1,
      previous: null,
      terms: { form: [price] },
      deadline: "2026-11-21T01:00:00.000Z",
      policy,
      threshold: policy === "bidder" ? 0 : t,
      trustees: cards.map((card, i) => ({ index: i + 1, person: card.body.person, name: card.body.name, key: card.body.key, card })),
      gate: gate.point,
      log: { origin: "hall.example/openings/bridge-7", key: log },
      envelopes: envelopes.map((id) => ({ id, title: `信封 ${id}` })),
      offline_page: null,
    },
    platform,
  );
  return { manifest, platform, gate, trustees, bidder: await newSigningKey(true) };
}

/** A value that a test knows to be there. */
export function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("nothing there");
  return value;
}
