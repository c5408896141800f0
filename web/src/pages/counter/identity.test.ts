import { describe, expect, it } from "vitest";
import { faultOfNumber, isPhone, tidyNumber } from "./identity";

const TODAY = new Date("2026-11-22T00:00:00Z");

describe("an identity number", () => {
  it("of the standard's own example is right, however it is typed", () => {
    expect(faultOfNumber("11010519491231002X", TODAY)).toBeNull();
    expect(faultOfNumber("110105 19491231 002x", TODAY)).toBeNull();
    expect(tidyNumber("110105 19491231 002x")).toBe("11010519491231002X");
  });

  it("with one wrong digit fails by its check digit", () => {
    expect(faultOfNumber("11010519491231003X", TODAY)).toBe("check");
  });

  it("with two digits swapped fails by its check digit", () => {
    expect(faultOfNumber("11010519491231020X", TODAY)).toBe("check");
  });

  it("has a date that exists and is not in the future", () => {
    expect(faultOfNumber("110105194902300021", TODAY)).toBe("date");
    expect(faultOfNumber("110105203001010021", TODAY)).toBe("date");
  });

  it("has eighteen places", () => {
    expect(faultOfNumber("1101051949", TODAY)).toBe("shape");
    expect(faultOfNumber("1101051949123X", TODAY)).toBe("shape");
    expect(faultOfNumber("  ", TODAY)).toBe("required");
  });

  it("of a passport or a permit can't be checked and is let through", () => {
    expect(faultOfNumber("E12345678", TODAY)).toBeNull();
    expect(faultOfNumber("H1234567890", TODAY)).toBeNull();
  });
});

it.each(["138 0013 8000", "0755-2788 1234", "+852 2123 4567"])("%s can be telephoned to", (text) => {
  expect(isPhone(text)).toBe(true);
});

it.each(["1380013800", "12345", "abc", "23800138000"])("%s can't be telephoned to", (text) => {
  expect(isPhone(text)).toBe(false);
});
