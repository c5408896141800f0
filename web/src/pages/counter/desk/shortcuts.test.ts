import { expect, it } from "vitest";
import { deskKey } from "./shortcuts";

const press = (key: string, more: object = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more });

it("a letter calls the next ticket, with or without the shift key", () => {
  expect(deskKey(press("n"), false)).toBe("next");
  expect(deskKey(press("N"), false)).toBe("next");
});

it("nothing is called while somebody types, holds a key down or uses the browser's own keys", () => {
  expect(deskKey(press("n"), true)).toBeNull();
  expect(deskKey(press("n", { repeat: true }), false)).toBeNull();
  expect(deskKey(press("r", { ctrlKey: true }), false)).toBeNull();
  expect(deskKey(press("x"), false)).toBeNull();
});
