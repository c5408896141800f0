import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { b64u, hex, sha256, utf8, type Bytes } from "./encoding";
import type { ReceiptBody } from "./objects";
import { verifyReceipt } from "./receipt";
import { hexDigestOf, newSigningKey, signObject, type Sealed, type SigningKey } from "./signing";

let folder = "";

/** A real time stamp token over a digest, from an authority made with openssl. */
function stamp(digest: string): Bytes {
  const run = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  run("ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", "query.tsq");
  run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-token_out", "-out", "token.der");
  return new Uint8Array(readFileSync(join(folder, "token.der")));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "yunkai-tsa-"));
  writeFileSync(join(folder, "serial"), "01\n");
  writeFileSync(
    join(folder, "tsa.cnf"),
    [
      "[req]", "distinguished_name=dn", "x509_extensions=ext", "prompt=no", "[dn]", "CN=TSA", "[ext]", "extendedKeyUsage=critical,timeStamping",
      "[tsa]", "default_tsa=this", "[this]", "serial=serial", "signer_cert=tsa.pem", "certs=tsa.pem", "signer_key=tsa.key", "signer_digest=sha256",
      "default_policy=1.2.3.4.1", "digests=sha256", "accuracy=secs:1", "ess_cert_id_alg=sha256", "",
    ].join("\n"),
  );
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tsa.key", "-out", "tsa.pem", "-config", "tsa.cnf"], { cwd: folder, stdio: "pipe" });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function receipt(): Promise<{ platform: SigningKey; signed: Sealed<ReceiptBody> }> {
  const platform = await newSigningKey(true);
  const signed = await signObject<ReceiptBody>(
    "receipt",
    { opening: "bridge-7", manifest: hex(sha256()), bidder: "acme", bid: "b-abcdefghij234567abcd", header: hex(sha256(utf8("header"))), action: "submit", received_at: "2026-11-21T00:00:00.000Z" },
    platform,
  );
  return { platform, signed };
}

describe("a receipt", () => {
  it("is checked with its time stamp, and says when it was stamped", async () => {
    const { platform, signed } = await receipt();
    const file = { ...signed, token: b64u(stamp(hexDigestOf("receipt", signed))) };
    const checked = await verifyReceipt(file, platform.point, { opening: "bridge-7", header: signed.body.header });
    expect(checked.body.bid).toBe("b-abcdefghij234567abcd");
    expect(Math.abs(Date.now() - (checked.stamped?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it("is good without a time stamp, but says so", async () => {
    const { platform, signed } = await receipt();
    expect((await verifyReceipt(signed, platform.point)).stamped).toBeNull();
  });

  it("is refused with the token of another receipt", async () => {
    const { platform, signed } = await receipt();
    const file = { ...signed, token: b64u(stamp(hex(sha256(utf8("another"))))) };
    await expect(verifyReceipt(file, platform.point)).rejects.toMatchObject({ code: "token_imprint" });
  });

  it("is refused when somebody else signed it, or for another bid", async () => {
    const { platform, signed } = await receipt();
    const other = await newSigningKey(true);
    await expect(verifyReceipt(signed, other.point)).rejects.toMatchObject({ code: "signer" });
    await expect(verifyReceipt(signed, platform.point, { header: hex(sha256()) })).rejects.toMatchObject({ code: "other_receipt" });
    await expect(verifyReceipt({ ...signed, token: "AAAA" }, platform.point)).rejects.toMatchObject({ code: "token" });
  });
});
