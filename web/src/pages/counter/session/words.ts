/** Items, fields, people and entries of a session in words. */

import { isMessage, language, translate as t, type Gaps } from "@/i18n";
import { date, instant, listed } from "@/i18n/format";
import { yuan } from "@/i18n/money";
import type { Entry } from "@/rooms/counter/events";
import type { Role } from "@/rooms/counter/kinds";
import { nameOf, roleOf, toCapture, unconfirmed, unfilled, type Case, type SessionState } from "@/rooms/counter/state";
import type { Field, FieldKind, Value } from "@/rooms/counter/terms";
import type { Plan } from "@/rooms/counter/action";
import type { Tone } from "@/ui/StateTag.vue";
import type { Counter } from "./session";

interface Named {
  readonly name: string;
  readonly name_en: string;
}

/** In the page's language; an authority that gave no English is shown in Chinese. */
export const named = ({ name, name_en }: Named): string => (language() === "en" && name_en !== "" ? name_en : name);
export const labelled = (field: Field): string => (language() === "en" && field.label_en !== "" ? field.label_en : field.label);

export function materialName(each: Case, id: string): string {
  const found = each.item.materials.find((material) => material.id === id);
  return found === undefined ? id : named(found);
}

export function valueText(kind: FieldKind, value: Value | undefined): string {
  if (value === undefined || value === "") return "";
  if (kind === "money" && typeof value === "number") return `¥ ${yuan(value)}`;
  if (kind === "date" && typeof value === "string") return date(`${value}T00:00:00+08:00`);
  return String(value);
}

export const roleText = (role: Role): string => t(`counter.role.${role}`);

/** What somebody is called here: the applicant's name where it may be known. */
export function personName({ state, applicant }: Pick<Counter, "state" | "applicant" | "windowName">, person: string): string {
  const name = nameOf(state.value, person);
  if (name !== "") return name;
  const role = roleOf(state.value, person);
  if (role === "applicant") return applicant.value?.name ?? t("counter.applicant");
  return role === null ? person : roleText(role);
}

/** The figures and names that sentences about the moment may mention. */
export function gapsOf(state: SessionState, plan: Plan): Gaps {
  const each = plan.item === null ? undefined : state.cases.get(plan.item);
  if (each === undefined) return { what: "", count: 0 };
  return {
    what: listed(toCapture(each).map(named)),
    count: plan.situation === "fill" ? unfilled(each).length : unconfirmed(each).length,
  };
}

export const OUTCOME_TONE: Readonly<Record<string, Tone>> = { accepted: "done", done: "done", supplement: "due", rejected: "wrong" };

export function levelText(level: number): string {
  const key = `counter.rate.level.l${level}`;
  return isMessage(key) ? t(key) : String(level);
}

/** An entry as a sentence. */
export function entryText(room: Pick<Counter, "state" | "applicant" | "windowName">, entry: Entry): string {
  const { type } = entry.event;
  const key = `counter.log.${type}`;
  const who = entry.by.name === "" ? personName(room, entry.by.person) : entry.by.name;
  const gaps: Gaps = { who: entry.by.role === "system" ? t("counter.role.system") : who, type, ...entryGaps(room, entry) };
  return t(isMessage(key) ? key : "counter.log.unknown", gaps).trim();
}

function entryGaps(room: Pick<Counter, "state" | "applicant" | "windowName">, { event }: Entry): Gaps {
  const { cases } = room.state.value;
  const material = (item: string, id: string): string => {
    const each = cases.get(item);
    return each === undefined ? id : materialName(each, id);
  };
  switch (event.type) {
    case "TicketIssued":
      return { number: event.number };
    case "TicketCalled":
      return { window: room.windowName(event.window), times: event.times };
    case "HandOverOffered":
      return { name: event.to_name, reason: event.reason };
    case "HandOverOfferEnded":
      return { what: t(event.declined ? "counter.offer.declined" : "counter.offer.withdrawn") };
    case "FarAssigned":
    case "HandedOver":
      return { name: event.clerk_name, reason: "reason" in event ? event.reason : "" };
    case "PersonAdmitted":
    case "DepartmentInvited":
    case "RecordingStarted":
      return { name: event.name === "" ? personName(room, event.person) : event.name };
    case "IdentityCaptured":
      return { masked: event.masked };
    case "IdentityChecked":
      return { result: t(`counter.identity.result.${event.result}`) };
    case "MaterialCaptured":
    case "PagesOrdered":
      return { material: material(event.item, event.material) };
    case "MaterialJudged":
      return { material: material(event.item, event.material), verdict: t(`counter.material.state.${event.verdict}`), remark: event.remark };
    case "ScreenshotTaken":
      return { of: t(`counter.shot.of.${event.of}`) };
    case "FieldFilled": {
      const field = cases.get(event.item)?.item.fields.find((each) => each.name === event.field);
      return { field: field === undefined ? event.field : labelled(field) };
    }
    case "FieldsConfirmed":
      return { count: event.fields.length };
    case "OpinionGiven":
      return { stance: t(`counter.decide.stance.${event.opinion}`) };
    case "FeeNoted":
    case "FeePaid":
      return { amount: yuan(event.amount) };
    case "OutcomeDecided":
      return { outcome: t(`counter.decide.outcome.${event.outcome}`) };
    case "StepNoted":
      return { step: event.step };
    case "ResultDelivered":
      return { way: t(`counter.result.way.${event.way}`) };
    case "SessionRated":
      return { level: levelText(event.level) };
    case "SeatLeft":
    case "SeatReturned":
      return { person: personName(room, event.person) };
    case "WarningIssued":
      return { text: event.text };
    default:
      return {};
  }
}

export const when = (at: number | null): string => (at === null ? "" : instant(at));
