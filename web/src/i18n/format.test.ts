import { describe, expect, it } from "vitest";
import { fromField, grouped, instant, remaining, size, toField } from "./format";

const days = (n: number): string => `${n}d`;

describe("times", () => {
  it("are Beijing time on every device", () => {
    expect(instant("2026-11-21T01:00:00.000Z")).toBe("2026年11月21日 09:00:00");
  });

  it("go through a form field and back unchanged", () => {
    const at = "2026-11-21T01:00:00.000Z";
    expect(toField(at)).toBe("2026-11-21T09:00:00");
    expect(fromField(toField(at))).toBe(at);
    expect(fromField("2026-11-21T09:00")).toBe(at);
    expect(fromField("")).toBeNull();
  });

  it("that remain never show less than is left", () => {
    expect(remaining(59_001, days)).toBe("01:00");
    expect(remaining(3_600_000, days)).toBe("1:00:00");
    expect(remaining(90_061_000, days)).toBe("1d 01:01:01");
    expect(remaining(-5, days)).toBe("00:00");
  });
});

it("sizes are said the way file managers do", () => {
  expect([size(0), size(999), size(1_536), size(65_536), size(524_288_000), size(2_500_000)]).toEqual(["0 B", "999 B", "1.5 KB", "64 KB", "500 MB", "2.4 MB"]);
});

it("digests are grouped for comparing by eye", () => {
  expect(grouped("a".repeat(20))).toBe("aaaaaaaa aaaaaaaa aaaa");
});
