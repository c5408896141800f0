import { expect, test } from "vitest";
import { codeIn, laterPath } from "./code";

test("the link of a session carries its code where no server sees it", () => {
  const link = new URL(laterPath("s-0123456789abcdef0123", "012345"), "https://a.example");
  expect(link.pathname).toBe("/visit/s-0123456789abcdef0123");
  expect(link.search).toBe("");
  expect(codeIn(link.hash)).toBe("012345");
});

test("what is no code opens nothing", () => {
  for (const hash of ["", "#", "#code=", "#code=12345", "#code=1234567", "#code=abcdef"]) expect(codeIn(hash)).toBeNull();
});
