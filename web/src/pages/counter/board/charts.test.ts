import { describe, expect, it } from "vitest";
import type { BoardFigures } from "@/http/board";
import { classes, dayAfter, daysBetween, firstVisit, labelled, meanMinutes, monday, overDays, sessionsOf, ticks } from "./charts";

const figures = (day: string, more: Partial<BoardFigures> = {}): BoardFigures => ({
  day,
  sessions: 10,
  served: 8,
  decided: 8,
  first_visit: 6,
  lapsed: 0,
  cancelled: 0,
  waited: 600,
  lasted: 900,
  rated: 0,
  rating: null,
  visits_saved: 0,
  kilometres: 0,
  ...more,
});

describe("days", () => {
  it("go from the first to the last over the end of a month", () => {
    expect(daysBetween("2026-11-29", "2026-12-01")).toEqual(["2026-11-29", "2026-11-30", "2026-12-01"]);
    expect(dayAfter("2026-03-01", -1)).toBe("2026-02-28");
  });

  it("belong to the week of the Monday before them", () => {
    expect(monday("2026-11-22")).toBe("2026-11-16");
    expect(monday("2026-11-16")).toBe("2026-11-16");
  });

  it("without sessions are gaps and not zeros", () => {
    const { weekly, bars } = overDays([figures("2026-11-02")], "2026-11-01", "2026-11-03", sessionsOf);
    expect(weekly).toBe(false);
    expect(bars.map((bar) => bar.value)).toEqual([null, 10, null]);
  });

  it("of more than two months are put together by weeks", () => {
    const { weekly, bars } = overDays([figures("2026-11-02"), figures("2026-11-05")], "2026-09-01", "2026-11-30", sessionsOf);
    expect(weekly).toBe(true);
    expect(bars.find((bar) => bar.name === "2026-11-02")?.value).toBe(20);
  });
});

describe("figures of several days", () => {
  it("weigh means by what stands behind them", () => {
    expect(meanMinutes([figures("2026-11-01", { sessions: 1, waited: 0 }), figures("2026-11-02", { sessions: 3, waited: 1200 })], "waited")).toBe(15);
  });

  it("have no share of first visits when nothing was decided", () => {
    expect(firstVisit([figures("2026-11-01")])).toBe(75);
    expect(firstVisit([figures("2026-11-01", { decided: 0, first_visit: 0 })])).toBeNull();
  });
});

describe("a distribution", () => {
  it("has classes of whole minutes that hold everybody", () => {
    const found = classes({ counts: [{ minutes: 0, sessions: 3 }, { minutes: 4, sessions: 2 }, { minutes: 31, sessions: 1 }], median: 0, ninth: 31 });
    expect(found[0]).toMatchObject({ from: 0, to: 5, value: 5 });
    expect(found.reduce((total, each) => total + (each.value ?? 0), 0)).toBe(6);
    expect(found.length).toBeLessThanOrEqual(12);
  });

  it("of nobody has no classes", () => {
    expect(classes({ counts: [], median: null, ninth: null })).toEqual([]);
  });
});

describe("an axis", () => {
  it("ends at or above the largest value, in round steps", () => {
    expect(ticks(87)).toEqual([0, 25, 50, 75, 100]);
    expect(ticks(0.7)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(ticks(0)).toEqual([0, 1]);
  });

  it("names its last place and even steps before it", () => {
    expect([...labelled(30, 5)].sort((a, b) => a - b)).toEqual([5, 11, 17, 23, 29]);
    expect(labelled(3, 5).size).toBe(3);
  });
});
