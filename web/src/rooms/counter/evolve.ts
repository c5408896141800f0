/** The fold: entries in, state out. Mirrors rooms/counter/evolve.py for what a viewer sees. */

import type { Entry, SessionEvent } from "./events";
import type { Matter, Phase, Role } from "./kinds";
import {
  confirmed,
  EMPTY,
  finished,
  fresh,
  NO_OFFERS,
  processing,
  undecided,
  type Case,
  type Opinion,
  type Page,
  type SessionState,
} from "./state";

/** The state after all of the entries. */
export function fold(entries: readonly Entry[], from: SessionState = EMPTY): SessionState {
  return entries.reduce(evolve, from);
}

/** The state after one more entry. An event of a newer server that this client doesn't know changes nothing. */
export function evolve(state: SessionState, entry: Entry): SessionState {
  const at = Date.parse(entry.at);
  const after = apply(state, entry.event, at, entry);
  const phase = phaseAfter(state.phase, after, entry.event);
  return { ...after, n: entry.n, phase, phaseSince: phase === state.phase ? state.phaseSince : at };
}

function phaseAfter(before: Phase, after: SessionState, event: SessionEvent): Phase {
  switch (event.type) {
    case "SessionBooked":
      return "booked";
    case "TicketIssued":
    case "TicketRequeued":
      return "waiting";
    case "BookingLapsed":
    case "SessionCancelled":
      return "cancelled";
    case "TicketCalled":
      return "called";
    case "TicketLapsed":
      return "no_show";
    case "SessionConnected":
      return "connecting";
    case "ConsentGiven":
      return "consented";
    case "ConsentRefused":
      return "ended";
    case "IdentityChecked":
      return event.result === "passed" ? "identified" : before;
    case "MaterialCaptured":
      return before === "identified" ? "materials" : before;
    case "MaterialJudged":
      return event.verdict === "returned" || before === "identified" ? "materials" : before;
    case "FieldFilled":
      return "filling";
    case "FieldsConfirmed":
      return undecided(after).every(confirmed) ? "signing" : before;
    case "OutcomeDecided":
      return undecided(after).length === 0 ? "decided" : before;
    case "SessionEnded":
      return [...after.cases.values()].every((each) => each.decision === null) ? "ended" : aftermath(after);
    case "ItemCompleted":
    case "ResultDelivered":
      return after.over ? aftermath(after) : before;
    case "RoomArchived":
      return "archived";
    default:
      return before;
  }
}

/** Where a session is after its call, by what is left to do about its outcomes. */
function aftermath(state: SessionState): Phase {
  const cases = [...state.cases.values()];
  if (cases.some(processing)) return "processing";
  const results = cases.filter(finished);
  if (results.length === 0) return "decided";
  return results.every((each) => each.delivery !== null) ? "delivered" : "completed";
}

function apply(state: SessionState, event: SessionEvent, at: number, entry: Entry): SessionState {
  switch (event.type) {
    case "SessionBooked":
      return { ...begin(state, event.matter), startsAt: Date.parse(event.starts_at), endsAt: Date.parse(event.ends_at) };
    case "BookingLapsed":
      return { ...state, over: true };
    case "TicketIssued": {
      const begun = event.matter === null ? state : begin(state, event.matter);
      return { ...begun, number: event.number, hall: event.hall, priority: event.priority };
    }
    case "SessionCancelled":
      return { ...state, ending: event.reason, over: true, lapsesAt: null };
    case "TicketCalled": {
      const near = { person: event.clerk, name: event.clerk_name, window: event.window, region: state.matter?.near_region ?? "" };
      const known = know(state, event.clerk, event.clerk_name, "near");
      return { ...known, near, times: event.times, lapsesAt: Date.parse(event.lapses_at) };
    }
    case "TicketLapsed":
      return { ...state, near: null, lapsesAt: null, offers: NO_OFFERS };
    case "TicketRequeued":
      return { ...state, requeued: state.requeued + 1, requeuedByApplicant: state.requeuedByApplicant || event.by_applicant };
    case "FarAssigned": {
      const far = { person: event.clerk, name: event.clerk_name, window: event.window, region: event.region };
      return { ...know(state, event.clerk, event.clerk_name, "far"), far, offers: { ...state.offers, far: null } };
    }
    case "HandOverOffered": {
      const offer = { to: event.to, name: event.to_name, window: event.window, reason: event.reason };
      return { ...state, offers: { ...state.offers, [event.side]: offer } };
    }
    case "HandOverOfferEnded":
      return { ...state, offers: { ...state.offers, [event.side]: null } };
    case "HandedOver": {
      const before = state[event.side];
      const clerk = { person: event.clerk, name: event.clerk_name, window: event.window, region: before?.region ?? "" };
      const known = know(state, event.clerk, event.clerk_name, event.side);
      const offers = { ...state.offers, [event.side]: null };
      return { ...known, [event.side]: clerk, offers, absent: without(state.absent, event.previous) };
    }
    case "PersonAdmitted":
      return know(state, event.person, event.name, event.role);
    case "SessionConnected":
      return { ...state, recording: event.recording, lapsesAt: null };
    case "ConsentGiven":
      return { ...state, consent: { version: event.version, byHandOf: event.by_hand_of }, reuse: event.reuse };
    case "ConsentRefused":
      return { ...state, over: true, absent: new Map(), offers: NO_OFFERS };
    case "ReuseAllowed":
      return { ...state, reuse: true };
    case "IdentityCaptured":
    case "IdentityChecked": {
      const checked = event.type === "IdentityChecked";
      return {
        ...state,
        identity: {
          method: event.method,
          numberValid: event.number_valid,
          masked: event.masked,
          document: event.document,
          likeness: checked && event.likeness,
          result: checked ? event.result : null,
          remark: checked ? event.remark : "",
        },
      };
    }
    case "MaterialCaptured": {
      const { page: id, item, material, picture, source } = event;
      const page: Page = { id, item, material, picture, source, removed: false, replacedBy: null, by: entry.by, at };
      const pages = [...(state.cases.get(item)?.pages.get(material) ?? []), id];
      return lay({ ...state, pages: withKey(state.pages, id, page) }, item, material, pages);
    }
    case "PageReplaced": {
      const old = state.pages.get(event.previous);
      if (old === undefined) return state;
      const { page: id, picture, source } = event;
      const page: Page = { ...old, id, picture, source, by: entry.by, at };
      const gone: Page = { ...old, removed: true, replacedBy: id };
      const pages = (state.cases.get(old.item)?.pages.get(old.material) ?? []).map((each) => (each === old.id ? id : each));
      return lay({ ...state, pages: new Map(state.pages).set(old.id, gone).set(id, page) }, old.item, old.material, pages);
    }
    case "PagesOrdered":
      // The same pages in another order are judged already.
      return eachCase(state, event.item, (each) => ({ ...each, pages: withKey(each.pages, event.material, event.pages) }));
    case "PageRemoved": {
      const page = state.pages.get(event.page);
      if (page === undefined) return state;
      const left = (state.cases.get(page.item)?.pages.get(page.material) ?? []).filter((each) => each !== page.id);
      return lay({ ...state, pages: withKey(state.pages, page.id, { ...page, removed: true }) }, page.item, page.material, left);
    }
    case "ScreenshotTaken": {
      const { picture, of, note } = event;
      const taken = { id: picture.sha256, picture, of, note, by: entry.by, at };
      return { ...state, screenshots: [...state.screenshots, taken] };
    }
    case "MaterialJudged":
      return eachCase(state, event.item, (each) => ({
        ...each,
        judged: withKey(each.judged, event.material, { verdict: event.verdict, remark: event.remark }),
      }));
    case "FieldFilled":
      return eachCase(state, event.item, (each) => ({
        ...each,
        signature: null,
        fields:
          event.value === null
            ? without(each.fields, event.field)
            : withKey(each.fields, event.field, { value: event.value, origin: event.origin, confirmed: false, byHandOf: null }),
      }));
    case "FieldsConfirmed":
      return eachCase(state, event.item, (each) => {
        const fields = new Map(each.fields);
        for (const { field } of event.fields) {
          const found = fields.get(field);
          if (found !== undefined) fields.set(field, { ...found, confirmed: true, byHandOf: event.by_hand_of });
        }
        return { ...each, fields };
      });
    case "FormSigned":
      return eachCase(state, event.item, (each) => ({ ...each, signature: { form: event.form, strokes: event.strokes, at } }));
    case "DepartmentInvited": {
      const { person, name, department } = event;
      const invited: Opinion = { person, name, department, opinion: null, text: "" };
      const known = know(state, person, name, "department", department);
      return eachCase(known, event.item, (each) => ({ ...each, opinions: withKey(each.opinions, person, invited) }));
    }
    case "OpinionGiven":
      return eachCase(state, event.item, (each) => {
        const invited = each.opinions.get(event.person);
        if (invited === undefined) return each;
        return { ...each, opinions: withKey(each.opinions, event.person, { ...invited, opinion: event.opinion, text: event.text }) };
      });
    case "FeeNoted":
    case "FeePaid": {
      const payment = { amount: event.amount, reference: event.reference, paid: event.type === "FeePaid" };
      return eachCase(state, event.item, (each) => ({ ...each, fees: withKey(each.fees, event.fee, payment) }));
    }
    case "OutcomeDecided": {
      const { outcome, reason, remedy, missing, by_rule, overrides, untold } = event;
      const decision = {
        outcome, reason, remedy, missing, by_rule, overrides, untold, at,
        until: instantOf(event.until),
        promisedAt: instantOf(event.promised_at),
      };
      const after = eachCase(state, event.item, (each) => ({ ...each, decision }));
      return undecided(after).length === 0 ? { ...after, offers: NO_OFFERS } : after;
    }
    case "SessionEnded":
      return { ...state, over: true, absent: new Map(), offers: NO_OFFERS, ending: event.reason };
    case "StepNoted":
      return eachCase(state, event.item, (each) => ({ ...each, steps: [...each.steps, { step: event.step, note: event.note, at }] }));
    case "ItemCompleted":
      return eachCase(state, event.item, (each) => ({ ...each, completedAt: at }));
    case "ResultDelivered":
      return eachCase(state, event.item, (each) => ({ ...each, delivery: { way: event.way, tracking: event.tracking, at } }));
    case "Escalated":
      return event.item === null ? state : eachCase(state, event.item, (each) => ({ ...each, escalated: true }));
    case "SessionRated":
      return { ...state, rating: { level: event.level, answerBy: instantOf(event.answer_by), answer: null } };
    case "RatingAnswered":
      return state.rating === null ? state : { ...state, rating: { ...state.rating, answer: event.text } };
    case "SeatLeft":
      return { ...state, absent: withKey(state.absent, event.person, Date.parse(event.since)) };
    case "SeatReturned":
      return { ...state, absent: without(state.absent, event.person) };
    case "ServiceInterrupted":
      return { ...state, lapsesAt: instantOf(event.lapses_at) ?? state.lapsesAt };
    case "ChatPosted":
      return { ...state, chat: [...state.chat, { n: entry.n, at, by: entry.by, text: event.text, to: event.to }] };
    case "WarningIssued":
      return { ...state, warnings: [...state.warnings, { at, name: entry.by.name, text: event.text }] };
    case "RecordingStarted":
      return { ...state, recordings: new Set([...state.recordings, event.recording]) };
    case "RecordingEnded":
      return { ...state, recordings: new Set([...state.recordings].filter((each) => each !== event.recording)) };
    case "RecordPublished":
      return { ...state, record: { sha256: event.sha256, size: event.size } };
    case "Reminded":
    case "RatingInvited":
    case "RecordingsMarked":
    case "RoomArchived":
    case "ApplicantErased":
      return state;
    default:
      return state;
  }
}

const instantOf = (at: string | null): number | null => (at === null ? null : Date.parse(at));

function begin(state: SessionState, matter: Matter): SessionState {
  const begun = { ...state, matter, cases: new Map(matter.items.map((item) => [item.code, fresh(item)])) };
  return matter.agent === null ? begun : know(begun, matter.agent.person, matter.agent.name, "agent");
}

function know(state: SessionState, person: string, name: string, role: Role, department = ""): SessionState {
  const before = state.known.get(person)?.department ?? "";
  return { ...state, known: withKey(state.known, person, { name, role, department: department === "" ? before : department }) };
}

/** The pages of a material changed: what was said of them holds no more. */
function lay(state: SessionState, item: string, material: string, pages: readonly string[]): SessionState {
  return eachCase(state, item, (each) => ({
    ...each,
    pages: withKey(each.pages, material, pages),
    judged: without(each.judged, material),
  }));
}

function eachCase(state: SessionState, item: string, change: (each: Case) => Case): SessionState {
  const found = state.cases.get(item);
  return found === undefined ? state : { ...state, cases: withKey(state.cases, item, change(found)) };
}

const withKey = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const left = new Map(map);
  left.delete(key);
  return left;
}
