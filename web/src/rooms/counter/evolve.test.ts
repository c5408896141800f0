import { describe, expect, test } from "vitest";
import { evolve, fold } from "./evolve";
import { EMPTY, finished, lacking, processing, unconfirmed, unfilled, type Case, type SessionState } from "./state";
import { NAMES, story } from "./testing/sessions";

describe.each(NAMES)("the session “%s” that the machine went through", (name) => {
  const { entries, phases, end } = story(name);

  test("is in the same phase after every entry", () => {
    let state = EMPTY;
    const found = entries.map((entry) => {
      state = evolve(state, entry);
      return state.phase;
    });
    expect(found).toEqual(phases);
  });

  test("ends with the same people and pages", () => {
    const state = fold(entries);
    expect(state.number).toBe(end.number);
    expect([state.near?.person, state.far?.person]).toEqual([end.near, end.far]);
    expect([...state.absent.keys()].sort()).toEqual(end.absent);
    expect(offeredTo(state)).toEqual(end.offers);
    expect(state.over).toBe(end.over);
    expect(state.rating?.level ?? null).toBe(end.rating);
    expect(state.screenshots.map((each) => each.of)).toEqual(end.screenshots);
    expect([...state.pages.values()].filter((page) => page.removed).map((page) => page.id).sort()).toEqual(end.removed);
  });

  test("leaves every item where the machine leaves it", () => {
    const found = Object.fromEntries([...fold(entries).cases].map(([code, each]) => [code, endOf(each)]));
    expect(found).toEqual(end.cases);
  });

  test("is the same when it is folded in two pieces, as after a reload", () => {
    const cut = Math.floor(entries.length / 2);
    expect(fold(entries.slice(cut), fold(entries.slice(0, cut)))).toEqual(fold(entries));
  });
});

const offeredTo = ({ offers }: SessionState): Record<string, string> =>
  Object.fromEntries(Object.entries(offers).flatMap(([side, offer]) => (offer === null ? [] : [[side, offer.to]])));

function endOf(each: Case) {
  const { signature, decision, judged, fees, opinions, pages } = each;
  return {
    pages: Object.fromEntries(pages),
    returned: [...judged].filter(([, { verdict }]) => verdict === "returned").map(([material]) => material).sort(),
    lacking: lacking(each).map(({ id }) => id),
    unfilled: unfilled(each).map(({ name }) => name),
    unconfirmed: unconfirmed(each).map(({ name }) => name),
    signed: signature !== null,
    outcome: decision?.outcome ?? null,
    processing: processing(each),
    finished: finished(each),
    paid: [...fees].filter(([, { paid }]) => paid).map(([fee]) => fee).sort(),
    opinions: [...opinions.values()].map(({ opinion }) => opinion),
  };
}

test("an event that this page does not know changes nothing but the number", () => {
  const before = fold(story("waiting").entries);
  const news = { n: before.n + 1, at: "2026-11-23T03:00:00.000Z", by: { person: "system", name: "", role: "system" }, event: { type: "SomethingNew" } };
  expect(evolve(before, news as never)).toEqual({ ...before, n: before.n + 1 });
});

test("another page takes back what was said of its material", () => {
  const { entries } = story("waiting");
  const judged = entries.findIndex(({ event }) => event.type === "MaterialJudged");
  const verdict = (count: number): string | undefined => fold(entries.slice(0, count)).cases.get("pension-balance")?.judged.get("id-card")?.verdict;
  expect(verdict(judged + 1)).toBe("returned");
  expect(entries[judged + 1]?.event.type).toBe("MaterialCaptured");
  expect(verdict(judged + 2)).toBeUndefined();
});
