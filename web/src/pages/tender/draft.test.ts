import { beforeEach, describe, expect, it } from "vitest";
import type { Person } from "@/http/types";
import { emptyDraft, seatOf, toDraft, toTerms, type Draft } from "./draft";

const NOW = Date.parse("2026-11-20T00:00:00.000Z");
const host: Person = { person: "p-1", name: "王主持", organisation: "某招标代理有限公司", roles: ["agency"] };
const trustee = (n: number): Person => ({ person: `t-${n}`, name: `受托人${n}`, organisation: "公证处", roles: ["trustee"] });

let draft: Draft;
beforeEach(() => {
  draft = {
    ...emptyDraft(host),
    project_title: "市第二医院门诊楼",
    project_number: "SZ-2026-001",
    lot_number: "01",
    lot_title: "土建",
    tenderer: "市第二医院",
    deadline: "2026-11-21T09:00",
  };
  draft.seats.push(seatOf(trustee(1), "trustee"), seatOf(trustee(2), "trustee"), seatOf(trustee(3), "trustee"));
});

describe("a tender's draft", () => {
  it("that is complete is read without complaint, minutes as seconds and Beijing time as UTC", () => {
    const { terms, wrong } = toTerms(draft, NOW);
    expect([...wrong]).toEqual([]);
    expect(terms.deadline).toBe("2026-11-21T01:00:00.000Z");
    expect(terms.windows.decryption).toBe(1800);
    expect(terms.max_bytes).toBe(500 * 1024 * 1024);
    expect(terms.threshold).toBe(2);
  });

  it("comes back the same after it was saved", () => {
    const { terms } = toTerms(draft, NOW);
    expect(toTerms(toDraft(terms), NOW).terms).toEqual(terms);
  });

  it.each<[string, (draft: Draft) => void]>([
    ["deadline", (d) => (d.deadline = "2026-11-19T09:00")],
    ["project_title", (d) => (d.project_title = "  ")],
    ["threshold", (d) => (d.threshold = "4")],
    ["windows.decryption", (d) => (d.windows.decryption = "4")],
    ["windows.objection", (d) => (d.windows.objection = "ten")],
    ["form[1].id", (d) => { const second = d.form[1]; if (second) second.id = "price"; }],
    ["form", (d) => { d.form = d.form.slice(1); }],
    ["minimum_bidders", (d) => (d.minimum_bidders = "0")],
    ["draw.step", (d) => (d.draw = { on: true, name: "K", low: "10", high: "21", step: "2", unit: "" })],
  ])("names what is wrong by the server's path: %s", (path, spoil) => {
    spoil(draft);
    expect([...toTerms(draft, NOW).wrong.keys()]).toEqual([path]);
  });

  it("in which bidders decrypt alone has no trustees and no threshold", () => {
    draft.policy = "bidder";
    const { terms, wrong } = toTerms(draft, NOW);
    expect(wrong.size).toBe(0);
    expect(terms.threshold).toBe(0);
    expect(terms.seats.map((seat) => seat.role)).toEqual(["host"]);
  });

  it("in which trustees decrypt needs trustees", () => {
    draft.seats = [seatOf(host, "host")];
    expect([...toTerms(draft, NOW).wrong.keys()]).toContain("seats");
  });
});
