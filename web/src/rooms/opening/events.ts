/**
 * What can have happened in an opening, as it travels in a viewer's stream: mirrors rooms/opening/events.py as
 * rooms/opening/visibility.py shows it.
 */

import type { FormValue, Sealed } from "@/http/types";
import type { Role, Terms } from "./terms";

export type { FormValue, Sealed };

export type Fault = "bidder" | "platform" | "unknown";
export type WindowName = "decryption" | "confirmation" | "objection" | "upload";
export type ChatMode = "open" | "muted" | "closed";
export type Row = Readonly<Record<string, FormValue>>;
export type DepositState = "paid" | "unpaid" | "guarantee";

export interface CountedBid {
  bid: string;
  bidder: string;
  name: string;
  header_digest: string;
  received_at: string;
  stored: boolean;
  manifest_version: number;
  stale: boolean;
}

export interface BidFile {
  name: string;
  size: number;
  sha256: string;
}

export type OpeningEvent =
  | { type: "TenderDrafted"; terms: Terms }
  | { type: "TrusteeReady"; trustee: string; card: Sealed }
  | {
      type: "TenderPublished";
      version: number;
      terms: Terms;
      manifest: Sealed;
      manifest_digest: string;
    }
  | { type: "TrusteeRehearsed"; trustee: string }
  | { type: "BidStored"; bid: string; envelope: string; size: number }
  | { type: "BidBytesRefused"; bid: string; envelope: string; code: string }
  | {
      type: "BidderSignedIn";
      bidder: string;
      late: boolean;
      emergency: boolean;
    }
  | { type: "BiddingClosed"; deadline: string }
  | { type: "OpeningStarted"; recording: string }
  | { type: "RollPublished"; bids: CountedBid[]; absent: string[]; enough: boolean }
  | { type: "OpeningContinued"; reason: string }
  | { type: "OpeningFailed"; reason: string }
  | { type: "DecryptionStarted"; envelope: string; until: string }
  | { type: "GateOpened"; envelope: string; bids: number; failed: string[] }
  | {
      type: "SharesReleased";
      trustee: string;
      envelope: string;
      shares: number;
      problems: { bid: string; problem: string }[];
    }
  | { type: "ReleaseRefused"; trustee: string; code: string }
  | { type: "BidderKeyReleased"; bidder: string; bid: string; envelope: string }
  | { type: "BidderKeyRefused"; bidder: string; bid: string; envelope: string; code: string }
  | {
      type: "BidOpened";
      bid: string;
      envelope: string;
      by: string;
      // What is in a bid is for the host's side and its bidder until it is read out.
      form?: Row;
      files?: BidFile[];
    }
  | { type: "BidVoid"; bid: string; envelope: string; code: string; step: number; fault: Fault }
  | { type: "FaultRuled"; bid: string; fault: Fault; reason: string }
  | { type: "RemedyGranted"; bid: string; until: string; reason: string }
  | { type: "BidsImported"; opened: number; void: number }
  | { type: "DrawCommitted"; by: string; commitment: string }
  | { type: "DrawRevealed"; by: string; seed: string }
  | {
      type: "ParameterDrawn";
      name: string;
      value: number;
      seeds: string[];
      unrevealed: string[];
    }
  | { type: "AnnouncingStarted"; control_price: number | null }
  | { type: "BidAnnounced"; bid: string; row: Row; over_limit: boolean }
  | { type: "ConfirmationStarted"; until: string; objections_until: string }
  | {
      type: "BidConfirmed";
      bidder: string;
      bid: string;
      row: string;
      signed: boolean;
    }
  | { type: "BidDisputed"; bidder: string; bid: string; reason: string }
  | { type: "ConfirmationsLapsed"; bids: string[] }
  | { type: "ObjectionRaised"; objection: string; by: string; text: string }
  | { type: "ObjectionAnswered"; objection: string; text: string }
  | { type: "SigningStarted"; content: string }
  | { type: "RecordSigned"; person: string; role: Role; content: string }
  | { type: "OpeningEnded" }
  | { type: "RecordPublished"; sha256: string; size: number; log_size: number }
  | { type: "MinutesSigned"; person: string; field: string; certificate: string; sha256: string; size: number }
  | { type: "MinutesPreserved"; sha256: string; size: number }
  | { type: "RoomArchived" }
  | { type: "OpeningPaused"; reason: string; since: string }
  | {
      type: "OpeningResumed";
      windows: Partial<Record<WindowName, string>>;
      remedies: Record<string, string>;
    }
  | { type: "WindowExtended"; window: WindowName; until: string; reason: string }
  | {
      type: "ServiceInterrupted";
      since: string;
      back: string;
      windows: Partial<Record<WindowName, string>>;
      remedies: Record<string, string>;
    }
  | { type: "OpeningTerminated"; reason: string }
  | { type: "Reconvened"; reason: string; until: string }
  | { type: "WarningIssued"; by: string; text: string }
  | { type: "HostChanged"; host: string }
  | { type: "DepositNoted"; bidder: string; state: DepositState }
  | { type: "ChatPosted"; by: string; text: string; to: string | null }
  | { type: "ChatModeSet"; mode: ChatMode }
  | MediaEvent;

export type FeedKind = "camera" | "screen" | "hall";

/** The floor and recordings (docs/media.md, Rules). */
export type MediaEvent =
  | { type: "FloorRequested"; person: string }
  | { type: "FloorWithdrawn"; person: string }
  | { type: "FloorGranted"; person: string }
  | { type: "FloorTaken"; person: string }
  | { type: "SoundMuted"; person: string; muted: boolean }
  | { type: "RecordingStarted"; recording: string; person: string; name: string; kind: FeedKind }
  | { type: "RecordingsMarked"; marks: { recording: string; size: number; sha256: string }[] }
  | { type: "RecordingEnded"; recording: string; size: number; sha256: string; reason: string };

export type EventType = OpeningEvent["type"];

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
  event: OpeningEvent;
}
