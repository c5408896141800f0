import { describe, expect, test } from "vitest";
import { nextAction, quietly, type Me, type Situation } from "./action";
import { fold } from "./evolve";
import type { SessionEvent } from "./events";
import type { Role } from "./kinds";
import type { SessionState } from "./state";
import { story } from "./testing/sessions";

const { entries } = story("whole");
const PEOPLE: Readonly<Partial<Record<Role, string>>> = { applicant: "a-wang", near: "p-near", far: "p-far", department: "p-bureau" };
const me = (role: Role): Me => ({ person: PEOPLE[role] ?? `p-${role}`, role });

/** The state right after the `nth` event of a kind. */
function after(type: SessionEvent["type"], nth = 1): SessionState {
  let seen = 0;
  const end = entries.findIndex(({ event }) => {
    if (event.type === type) seen += 1;
    return seen === nth;
  });
  if (end < 0) throw new Error(`${type} did not happen ${nth} times`);
  return fold(entries.slice(0, end + 1));
}

type Row = readonly [string, SessionState, Readonly<Partial<Record<Role, Situation>>>];

const TABLE: readonly Row[] = [
  ["the ticket is taken", after("TicketIssued"), { applicant: "waitTurn", near: "waitTurn" }],
  ["it is called and nobody decides yet", after("TicketCalled"), { applicant: "called", near: "waitFar" }],
  ["the deciding window took it", after("FarAssigned"), { applicant: "called", near: "connect", far: "waitNear" }],
  ["the call is on", after("SessionConnected"), { applicant: "consent", near: "waitConsent", far: "waitConsent", supervisor: "waitConsent" }],
  ["there is consent", after("ConsentGiven"), { applicant: "showIdentity", near: "captureIdentity", far: "waitIdentity" }],
  ["a document was entered", after("IdentityCaptured"), { applicant: "waitIdentity", near: "waitIdentity", far: "checkIdentity", supervisor: "watching" }],
  ["identity is checked", after("IdentityChecked"), { applicant: "showMaterials", near: "capture", far: "waitMaterials" }],
  ["a first page came", after("MaterialCaptured"), { near: "capture", far: "judge" }],
  ["a first field is filled", after("FieldFilled"), { near: "fill", applicant: "confirm" }],
  ["all is confirmed", after("FieldsConfirmed"), { applicant: "sign", near: "waitSignature" }],
  ["it is signed", after("FormSigned"), { applicant: "waitDecision", near: "waitDecision", far: "decide" }],
  ["a department was invited", after("DepartmentInvited"), { department: "opine", far: "decide" }],
  ["one of two items is decided", after("OutcomeDecided"), { far: "decide", applicant: "waitDecision" }],
  ["both are decided", after("OutcomeDecided", 2), { near: "endCall", far: "endCall", applicant: "rate", department: "watching" }],
  ["the call is over", after("SessionEnded"), { far: "process", applicant: "rate", near: "waitResult" }],
  ["it is completed", after("ItemCompleted"), { far: "deliver", applicant: "rate", supervisor: "done" }],
  ["it is rated", after("SessionRated"), { applicant: "done" }],
];

describe("everybody is told what to do, or what is waited for, when", () => {
  test.each(TABLE)("%s", (_, state, wanted) => {
    const found = Object.fromEntries(Object.keys(wanted).map((role) => [role, nextAction(state, me(role as Role)).situation]));
    expect(found).toEqual(wanted);
  });
});

test("only one of the people in a call is asked for each thing", () => {
  for (const type of ["SessionConnected", "ConsentGiven", "IdentityCaptured", "FieldsConfirmed"] as const) {
    const asked = (["near", "far"] as const).filter((role) => nextAction(after(type), me(role)).mine);
    expect(asked.length, type).toBeLessThanOrEqual(1);
  }
});

test("the called ticket says until when it holds", () => {
  const state = after("FarAssigned");
  expect(nextAction(state, me("near")).until).toBe(state.lapsesAt);
  expect(state.lapsesAt).not.toBeNull();
});

test("who only listens has nothing to do, and may warn", () => {
  const state = after("FormSigned");
  expect(nextAction(state, me("supervisor")).mine).toBe(false);
  expect(quietly(state, me("supervisor"))).toEqual(["warn"]);
});

test("the applicant never sees what belongs to the windows", () => {
  for (const [, state] of TABLE) {
    for (const act of quietly(state, me("applicant"))) expect(["cancel", "minutes"]).toContain(act);
  }
});

test("giving up is offered to the windows while not all is decided, and only then", () => {
  expect(quietly(after("FormSigned"), me("near"))).toContain("end");
  expect(quietly(after("OutcomeDecided", 2), me("near"))).not.toContain("end");
});
