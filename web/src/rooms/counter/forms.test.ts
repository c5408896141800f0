import { expect, test } from "vitest";
import { fold } from "./evolve";
import { formDigest } from "./forms";
import { story } from "./testing/sessions";

test("a signature is over the digest that the machine asks for", () => {
  const { entries } = story("whole");
  const signed = entries.findIndex(({ event }) => event.type === "FormSigned");
  const event = entries[signed]?.event;
  if (event?.type !== "FormSigned") throw new Error("nobody signed");
  const each = fold(entries.slice(0, signed)).cases.get(event.item);
  expect(each === undefined ? "" : formDigest(each)).toBe(event.form);
});
