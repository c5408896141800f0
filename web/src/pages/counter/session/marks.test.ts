import { expect, test } from "vitest";
import { nextAction } from "@/rooms/counter/action";
import { fold } from "@/rooms/counter/evolve";
import type { SessionEvent } from "@/rooms/counter/events";
import type { SessionState } from "@/rooms/counter/state";
import { story } from "@/rooms/counter/testing/sessions";
import { markOf, stepsShown } from "./marks";

const { entries } = story("whole");
function after(type: SessionEvent["type"]): SessionState {
  return fold(entries.slice(0, entries.findIndex(({ event }) => event.type === type) + 1));
}
const marks = (state: SessionState, person: string, role: "near" | "far"): Record<string, string> => {
  const each = state.cases.get("pension-balance");
  if (each === undefined) throw new Error("the session is about a pension");
  return Object.fromEntries(stepsShown(state).map((step) => [step, markOf(state, { person, role }, each, step)]));
};

test("before the call only the ticket is shown, before consent only the notice", () => {
  expect(stepsShown(after("TicketCalled"))).toEqual(["arrive"]);
  expect(stepsShown(after("SessionConnected"))).toEqual(["consent"]);
  expect(stepsShown(after("ConsentGiven"))).toEqual(["consent", "identity"]);
});

test("what is one's own turn is marked, what is done and what comes later too", () => {
  const state = after("IdentityChecked");
  expect(marks(state, "p-near", "near")).toEqual({
    consent: "done", identity: "done", materials: "here", form: "todo", signature: "todo", decision: "todo",
  });
  expect(marks(state, "p-far", "far").materials).toBe("wait");
});

test("afterwards the result comes first", () => {
  expect(stepsShown(after("SessionEnded"))[0]).toBe("result");
});

test("where nobody has anything more to do the result waits for nobody", () => {
  const last = entries.at(-1);
  if (last === undefined) throw new Error("the story has entries");
  const given = [...fold(entries).cases.keys()].map(
    (item, k) => ({ ...last, n: last.n + 1 + k, event: { type: "ResultDelivered", item, way: "counter", tracking: "" } as const }),
  );
  const over = fold([...entries, ...given]);
  expect(nextAction(over, { person: "p-near", role: "near" }).situation).toBe("done");
  expect(marks(over, "p-near", "near").result).toBe("done");
});
