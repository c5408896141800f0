import { expect, it } from "vitest";
import { cell, COLUMNS, filtered, rowsOf, TABLES } from "./tables";

const DOCUMENT = {
  format: "yunkai/catalogue/v1",
  halls: [{ id: "baoan", name: "宝安大厅", region: "440306", address: "", phone: "", active: true }],
  items: [
    {
      valid_from: "2026-01-01",
      item: { code: "gjj-tq", version: 2, name: "住房公积金提取", mode: "received", region: "440300", authority: "公积金中心", promised_days: 3, materials: [{}, {}] },
    },
  ],
};

it("a cell is text, however deep it lies", () => {
  const row = rowsOf(DOCUMENT, "items")[0] ?? {};
  expect(cell(row, "item.name")).toBe("住房公积金提取");
  expect(cell(row, "item.materials")).toBe("2");
  expect(cell(row, "item.nothing")).toBe("");
});

it("a table that is not there has no rows", () => {
  expect(rowsOf(DOCUMENT, "agreements")).toEqual([]);
  expect(TABLES.every((table) => Array.isArray(rowsOf({}, table)))).toBe(true);
});

it("a search narrows the rows to those with every word", () => {
  const rows = rowsOf(DOCUMENT, "items");
  expect(filtered(rows, COLUMNS.items, "公积金 GJJ").length).toBe(1);
  expect(filtered(rows, COLUMNS.items, "公积金 养老").length).toBe(0);
});
