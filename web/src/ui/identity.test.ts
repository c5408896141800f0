import { expect, it } from "vitest";
import { plausibleIdentity, plausiblePhone } from "./identity";

it("identity numbers are checked by their check digit", () => {
  expect(plausibleIdentity("11010519491231002X")).toBe(true);
  expect(plausibleIdentity("11010519491231002x")).toBe(true);
  expect(plausibleIdentity("110105194912310021")).toBe(false);
});

it("other documents than the resident card are let through", () => {
  expect(plausibleIdentity("E12345678")).toBe(true);
  expect(plausibleIdentity(" ")).toBe(false);
});

it("phone numbers may have separators but no words", () => {
  expect(plausiblePhone("+86 138-0013-8000")).toBe(true);
  expect(plausiblePhone("call me")).toBe(false);
});
