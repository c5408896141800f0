import { describe, expect, it } from "vitest";
import type { FormItem, ItemKind } from "@/crypto/form";
import { formOf, valueOf } from "./values";

const item = (kind: ItemKind, required = true): FormItem => ({
  id: "x", kind, label_zh: "项", label_en: "Item", required, announced: true, unit: "", envelope: null,
});

describe("what people type into the form", () => {
  it.each([
    ["money", "1,234,567.8", 123456780],
    ["money", "¥１２", 1200],
    ["percent", "3.25", 325],
    ["percent", "-0.5%", -50],
    ["days", "180", 180],
    ["integer", "-3", -3],
    ["text", "  张三 ", "张三"],
    ["date", "2026-12-01", "2026-12-01"],
  ] as const)("is kept as the form says: %s %s", (kind, typed, value) => {
    expect(valueOf(item(kind), typed)).toEqual({ value });
  });

  it.each([
    ["money", "twelve", "money_bad"],
    ["money", "1.234", "money_bad"],
    ["percent", "1.234", "percent_bad"],
    ["days", "-1", "number_bad"],
    ["integer", "1.5", "number_bad"],
    ["date", "1 December", "date_bad"],
    ["text", "  ", "missing"],
  ] as const)("is not guessed at: %s %s", (kind, typed, wrong) => {
    expect(valueOf(item(kind), typed)).toEqual({ wrong });
  });

  it("may be left out where the item is optional", () => {
    expect(formOf([item("text", false)], {})).toEqual({ values: {}, wrong: {} });
  });
});
