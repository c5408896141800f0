/** What can have happened in a session, as it travels in a viewer's stream: mirrors rooms/counter/events/. */

import type {
  FieldValue,
  IdentityMethod,
  IdentityResult,
  Matter,
  Missing,
  Origin,
  Picture,
  Priority,
  Role,
  Side,
  Seen,
  Source,
  Stance,
  Verdict,
  Way,
} from "./kinds";
import type { Outcome } from "./terms";

type Arriving =
  | { type: "SessionBooked"; matter: Matter; starts_at: string; ends_at: string }
  | { type: "BookingLapsed" }
  | { type: "TicketIssued"; number: string; hall: string; priority: Priority; matter: Matter | null }
  | { type: "SessionCancelled"; reason: string }
  | { type: "TicketCalled"; window: string; clerk: string; clerk_name: string; times: number; lapses_at: string }
  | { type: "TicketLapsed" }
  | { type: "TicketRequeued"; behind: number; by_applicant: boolean }
  | { type: "FarAssigned"; clerk: string; clerk_name: string; window: string; region: string }
  | { type: "HandOverOffered"; side: Side; to: string; to_name: string; window: string; reason: string }
  | { type: "HandOverOfferEnded"; side: Side; to: string; declined: boolean }
  | { type: "HandedOver"; side: Side; previous: string; clerk: string; clerk_name: string; window: string; reason: string }
  | { type: "PersonAdmitted"; person: string; name: string; role: Role }
  | { type: "SessionConnected"; recording: string };

export interface IdentityFacts {
  method: IdentityMethod;
  number_valid: boolean;
  masked: string;
  document: string | null;
}

type Consenting =
  | { type: "ConsentGiven"; text: string; version: string; by_hand_of: string | null; reuse: boolean }
  | { type: "ConsentRefused"; by_hand_of: string | null }
  | { type: "ReuseAllowed"; by_hand_of: string | null }
  | ({ type: "IdentityCaptured" } & IdentityFacts)
  | ({ type: "IdentityChecked"; likeness: boolean; result: IdentityResult; remark: string } & IdentityFacts);

type Materials =
  | { type: "MaterialCaptured"; page: string; item: string; material: string; picture: Picture; source: Source; earlier?: string | null }
  | { type: "PageReplaced"; page: string; previous: string; picture: Picture; source: Source }
  | { type: "PagesOrdered"; item: string; material: string; pages: string[] }
  | { type: "PageRemoved"; page: string; reason: string }
  | { type: "MaterialJudged"; item: string; material: string; verdict: Verdict; remark: string }
  | { type: "ScreenshotTaken"; picture: Picture; of: Seen; note: string };

type Filling =
  | { type: "FieldFilled"; item: string; field: string; value: string | null; origin: Origin }
  | { type: "FieldsConfirmed"; item: string; fields: FieldValue[]; by_hand_of: string | null }
  | { type: "FormSigned"; item: string; form: string; strokes: string; by_hand_of: string | null };

export interface OutcomeDecided {
  type: "OutcomeDecided";
  item: string;
  outcome: Outcome;
  reason: string;
  remedy: string;
  missing: Missing[];
  until: string | null;
  promised_at: string | null;
  remind_at: string | null;
  by_rule: string | null;
  overrides: boolean;
  untold: string;
}

type Deciding =
  | { type: "DepartmentInvited"; person: string; name: string; department: string; item: string }
  | { type: "OpinionGiven"; person: string; item: string; opinion: Stance; text: string }
  | { type: "FeeNoted"; item: string; fee: string; amount: number; reference: string }
  | { type: "FeePaid"; item: string; fee: string; amount: number; reference: string }
  | OutcomeDecided
  | { type: "SessionEnded"; reason: string };

type Processing =
  | { type: "StepNoted"; item: string; step: string; note: string }
  | { type: "ItemCompleted"; item: string; note: string; invite_at: string }
  | { type: "ResultDelivered"; item: string; way: Way; tracking: string }
  | { type: "Reminded"; item: string; due: string }
  | { type: "Escalated"; item: string | null; due: string }
  | { type: "RatingInvited" }
  | { type: "SessionRated"; level: number; words: string | null; answer_by: string | null }
  | { type: "RatingAnswered"; text: string };

type Anytime =
  | { type: "SeatLeft"; person: string; since: string }
  | { type: "SeatReturned"; person: string; since: string }
  | { type: "ServiceInterrupted"; since: string; back: string; lapses_at: string | null }
  | { type: "ChatPosted"; by: string; text: string; to: string | null }
  | { type: "WarningIssued"; by: string; text: string }
  | { type: "RecordingStarted"; recording: string; person: string; name: string; kind: string }
  | { type: "RecordingsMarked"; marks: { recording: string; size: number; sha256: string }[] }
  | { type: "RecordingEnded"; recording: string; size: number; sha256: string; reason: string }
  | { type: "RecordPublished"; sha256: string; size: number; log_size: number }
  | { type: "RoomArchived" }
  | { type: "ApplicantErased"; kept_until: string; asked_by: string | null };

export type SessionEvent = Arriving | Consenting | Materials | Filling | Deciding | Processing | Anytime;

export interface Author {
  person: string;
  name: string;
  role: Role;
}

/** An entry of a viewer's stream: `n` counts from 1 without gaps. */
export interface Entry {
  n: number;
  at: string;
  by: Author;
  event: SessionEvent;
}
