import { describe, expect, it } from "vitest";
import type { FormItem, ItemKind } from "@/http/types";
import { parsePercent, readForm } from "./formValues";

const item = (id: string, kind: ItemKind, required = true): FormItem => ({
  id,
  kind,
  label_zh: id,
  label_en: id,
  required,
  announced: true,
  unit: "",
  envelope: null,
});

const FORM = [
  item("price", "money"),
  item("duration", "days"),
  item("quality", "text"),
  item("discount", "percent", false),
  item("start", "date", false),
];

describe("the opening form", () => {
  it("is read as the sealed form wants it", () => {
    const read = readForm(FORM, { price: 123_456_00, duration: " １８０ ", quality: " 合格 ", discount: "3.5%", start: "2027-03-01" });
    expect(read.wrong.size).toBe(0);
    expect(read.values).toEqual({ price: 123_456_00, duration: 180, quality: "合格", discount: 350, start: "2027-03-01" });
  });

  it("leaves out optional items that are empty and names required ones that are missing", () => {
    const read = readForm(FORM, { price: null, duration: "", quality: "  ", discount: "", start: "" });
    expect(read.values).toEqual({});
    expect([...read.wrong.keys()]).toEqual(["price", "duration", "quality"]);
  });

  it.each([
    ["duration", "half a year"],
    ["duration", "-3"],
    ["duration", "1.5"],
    ["discount", "1.234"],
    ["start", "2027-02-30"],
    ["start", "soon"],
  ])("refuses %s %j instead of guessing", (id, typed) => {
    const read = readForm(FORM, { price: 1, duration: "1", quality: "x", [id]: typed });
    expect([...read.wrong.keys()]).toEqual([id]);
    expect(read.values[id]).toBeUndefined();
  });

  it("keeps a price of zero, which is a price", () => {
    expect(readForm([item("price", "money")], { price: 0 }).values).toEqual({ price: 0 });
  });
});

it("percentages are hundredths of a percent", () => {
  expect([parsePercent("0"), parsePercent("12.5"), parsePercent("１００％"), parsePercent("x")]).toEqual([0, 1250, 10000, null]);
});
