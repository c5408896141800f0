/** What a person may order in a session: mirrors rooms/counter/commands.py, and the plain words of server/counter/asked.py. */

import type { FieldValue, IdentityMethod, IdentityResult, Missing, Origin, Side, Stance, Verdict, Way } from "./kinds";
import type { Outcome, Value } from "./terms";

export type DocumentKind = "card" | "passport" | "hong_kong_macao" | "taiwan" | "other";

/** What the server makes digests, names and dates of. */
type Plain =
  | { type: "FillField"; item: string; field: string; value: Value; origin: Origin }
  | { type: "CaptureIdentity"; method: IdentityMethod; kind: DocumentKind; number: string }
  | { type: "HandOver"; side: Side; to: string; reason: string; window: string }
  | { type: "InviteDepartment"; person: string; item: string }
  | {
      type: "Decide";
      item: string;
      outcome: Outcome;
      reason: string;
      remedy: string;
      missing: Missing[];
      until: string | null;
      untold: string;
    }
  | { type: "RateSession"; level: number; words: string };

export type SessionCommand =
  | { type: "CancelSession"; reason: string }
  | { type: "RecallTicket" }
  | { type: "RequeueTicket" }
  | { type: "ConnectSession"; recording: string }
  | { type: "GiveConsent"; text: string; version: string; reuse: boolean }
  | { type: "RefuseConsent" }
  | { type: "AllowReuse" }
  | { type: "CheckIdentity"; likeness: boolean; result: IdentityResult; remark: string }
  | { type: "OrderPages"; item: string; material: string; pages: string[] }
  | { type: "RemovePage"; page: string; reason: string }
  | { type: "JudgeMaterial"; item: string; material: string; verdict: Verdict; remark: string }
  | { type: "ConfirmFields"; item: string; fields: FieldValue[] }
  | { type: "GiveOpinion"; item: string; opinion: Stance; text: string }
  | { type: "EndSession"; reason: string }
  | { type: "BeginStep"; item: string; step: string; note: string }
  | { type: "CompleteItem"; item: string; note: string }
  | { type: "DeliverResult"; item: string; way: Way; tracking: string }
  | { type: "AnswerRating"; text: string }
  | { type: "PostChat"; text: string; to: string | null }
  | { type: "IssueWarning"; text: string }
  | { type: "ArchiveRoom" }
  | Plain;
