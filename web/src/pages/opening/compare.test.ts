import { expect, test } from "vitest";
import { hex, sha256 } from "@/crypto/encoding";
import { compare } from "./compare";

const file = new TextEncoder().encode("recorded, and recorded further");
const streamOf = (bytes: Uint8Array<ArrayBuffer>, piece: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += piece) controller.enqueue(bytes.slice(at, at + piece));
      controller.close();
    },
  });
const digest = (bytes: Uint8Array<ArrayBuffer>): string => hex(sha256(bytes));

test("a file that is as recorded is the same, in whatever pieces it comes", async () => {
  const wanted = { size: file.length, sha256: digest(file) };
  expect(await compare(streamOf(file, 7), wanted)).toEqual({ is: "same", size: 30 });
});

test("a file that still grows is compared up to what is on record", async () => {
  const wanted = { size: 8, sha256: digest(file.slice(0, 8)) };
  expect(await compare(streamOf(file, 5), wanted)).toEqual({ is: "same", size: 8 });
});

test("one changed byte is found, and the digest that was computed is told", async () => {
  const changed = file.slice();
  changed[3] = 0;
  const wanted = { size: file.length, sha256: digest(file) };
  expect(await compare(streamOf(changed, 64), wanted)).toEqual({ is: "differs", hex: digest(changed) });
});

test("a file with bytes missing at its end is called short", async () => {
  const wanted = { size: file.length, sha256: digest(file) };
  expect(await compare(streamOf(file.slice(0, 12), 5), wanted)).toEqual({ is: "short", size: 12 });
});

test("how far it is can be shown", async () => {
  const shares: number[] = [];
  await compare(streamOf(file, 10), { size: 30, sha256: digest(file) }, (share) => shares.push(Math.round(share * 100)));
  expect(shares).toEqual([33, 67, 100]);
});
