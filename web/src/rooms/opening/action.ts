/** What somebody has to do now: a pure function of the room, the person and the time. */

import { isOver, rollIsPublic, type Phase } from "./phases";
import {
  faultOf,
  openObjections,
  overallState,
  undecided,
  unsealing,
  type Bid,
  type OpeningState,
} from "./state";
import type { Role } from "./terms";

export type ActionKind =
  | "startOpening"
  | "publishRoll"
  | "decideShortfall"
  | "failOpening"
  | "startDecryption"
  | "unlockLater"
  | "importBids"
  | "commitSeed"
  | "revealSeed"
  | "drawParameter"
  | "startAnnouncing"
  | "announceNext"
  | "announceAll"
  | "startConfirmation"
  | "answerObjection"
  | "startSigning"
  | "signRecord"
  | "endOpening"
  | "archiveRoom"
  | "reconvene"
  | "pause"
  | "resume"
  | "extend"
  | "terminate"
  | "ruleFault"
  | "grantRemedy"
  | "chatMode"
  | "noteDeposit"
  | "takeOver"
  | "inviteObserver"
  | "issueWarning"
  | "releaseShares"
  | "prepareTrustee"
  | "signIn"
  | "editBid"
  | "releaseKey"
  | "confirmBid"
  | "disputeBid"
  | "raiseObjection"
  | "downloadMinutes"
  | "downloadArchive"
  | "downloadHead"
  | "watchOthers";

/** What the person should know about the moment; the page says it in words. */
export type Situation =
  | ActionKind
  | "waitPublication"
  | "waitDeadline"
  | "waitHost"
  | "waitRoll"
  | "waitDecryption"
  | "waitTrustees"
  | "waitOpening"
  | "waitDraw"
  | "waitDrawReveals"
  | "waitAnnouncing"
  | "waitConfirmations"
  | "waitObjections"
  | "waitSigning"
  | "waitMinutes"
  | "released"
  | "confirmed"
  | "disputed"
  | "lapsed"
  | "deemed"
  | "signed"
  | "shortfall"
  | "paused"
  | "failed"
  | "terminated"
  | "watching";

export interface Me {
  person: string;
  role: Role;
  /** The acting host is connected. A deputy is told to step in when nobody is. */
  hostHere: boolean;
  /** Of a bidder, before the roll tells it: has signed in, has a bid in the room. */
  signedIn: boolean;
  hasBid: boolean;
}

export interface Plan {
  situation: Situation;
  primary: ActionKind | null;
  secondary: ActionKind[];
  /** The instant by which the primary action has to be done, on the server's clock. */
  until: number | null;
}

export const AMBER_MS = 5 * 60_000;
export const URGENT_MS = 60_000;

/** What `me` has to do in this state at this instant, and what else may be done. */
export function nextAction(state: OpeningState, me: Me, now: number): Plan {
  if (isOver(state.phase)) return afterTheEnd(state, me);
  switch (me.role) {
    case "host":
    case "deputy":
      return state.host === me.person ? host(state, me, now) : standby(state, me);
    case "bidder":
      return bidder(state, me, now);
    case "trustee":
      return trustee(state, me, now);
    case "supervisor":
      return supervisor(state, me);
    case "tenderer":
      return tenderer(state, me);
    default:
      return plan(watching(state), null, []);
  }
}

/** Under one minute left for something this person must do. */
export function isUrgent(todo: Plan, now: number): boolean {
  return todo.primary !== null && todo.until !== null && todo.until - now < URGENT_MS && todo.until > now;
}

/** The own bid of a bidder, once the roll is known. */
export function ownBid(state: OpeningState, person: string): Bid | null {
  return [...state.bids.values()].find((bid) => bid.bidder === person) ?? null;
}

/** When the last of the windows for keys ends: that of all bids, or a remedy that one bid was given. */
function keysUntil(state: OpeningState): number | null {
  const ends = unfinished(state).map((bid) => bid.remedyUntil ?? 0);
  const until = Math.max(state.windows.decryption ?? 0, ...ends);
  return until === 0 ? null : until;
}

/** When the current phase's window ends: what the header counts down to. */
export function phaseEnds(state: OpeningState): number | null {
  switch (state.phase) {
    case "receiving":
      return state.terms === null ? null : Date.parse(state.terms.deadline);
    case "decrypting":
      return keysUntil(state);
    case "confirming":
      return state.windows.confirmation ?? null;
    default:
      return null;
  }
}

/** Time left of a window; the clock stands still in a pause. */
export function timeLeft(state: OpeningState, until: number, now: number): number {
  return Math.max(0, until - (state.pause === null ? now : state.pause.at));
}

/** The next envelope that was not unlocked yet. */
export function nextEnvelope(state: OpeningState): string | null {
  const envelopes = state.terms?.envelopes ?? [];
  if (state.envelope === "") return envelopes[0]?.id ?? null;
  const index = envelopes.findIndex((each) => each.id === state.envelope);
  return envelopes[index + 1]?.id ?? null;
}

/** Opened bids of the current envelope that were not read out, in the order of the roll. */
export function toAnnounce(state: OpeningState): Bid[] {
  return [...state.bids.values()].filter(
    (bid) =>
      unsealing(bid, state.envelope).state === "opened" &&
      (bid.announcedAt === null || bid.announcedAt < (unsealing(bid, state.envelope).at ?? 0)),
  );
}

/** Bids of the current envelope that neither opened nor failed. */
export function unfinished(state: OpeningState): Bid[] {
  return [...state.bids.values()].filter((bid) => {
    const { state: now } = unsealing(bid, state.envelope);
    return now !== "opened" && overallState(bid) !== "void";
  });
}

function plan(
  situation: Situation,
  primary: ActionKind | null,
  secondary: ActionKind[],
  until: number | null = null,
): Plan {
  return { situation, primary, secondary, until };
}

function act(
  kind: ActionKind,
  secondary: ActionKind[],
  until: number | null = null,
): Plan {
  return plan(
    kind,
    kind,
    secondary.filter((each) => each !== kind),
    until,
  );
}

// --- the host's side ----------------------------------------------------------------------------------

const DURING: readonly ActionKind[] = ["noteDeposit", "chatMode", "inviteObserver", "pause", "terminate"];
const EARLY: readonly ActionKind[] = [...DURING, "failOpening"];

function host(state: OpeningState, me: Me, now: number): Plan {
  if (state.pause !== null) return act("resume", ["chatMode", "inviteObserver", "terminate"]);
  const objections = openObjections(state).length > 0;
  switch (state.phase) {
    case "draft":
      return plan("waitPublication", null, []);
    case "receiving":
      return plan(
        "waitDeadline",
        null,
        ["inviteObserver", "chatMode", "terminate"],
        phaseEnds(state),
      );
    case "closed":
      return act("startOpening", ["chatMode", "inviteObserver", "terminate", "failOpening"]);
    case "opening":
      return act("publishRoll", ["chatMode", "inviteObserver", "pause", "terminate", "failOpening"]);
    case "roll_published":
      return !state.enough
        ? plan("shortfall", "decideShortfall", [...DURING])
        : act("startDecryption", [...EARLY]);
    case "decrypting":
      return decryptingHost(state);
    case "imported":
    case "parameters":
      return drawHost(state, me);
    case "announcing":
      return announcingHost(state);
    case "confirming":
      return confirmingHost(state, objections, now);
    case "signing":
      return state.signatures.some((each) => each.person === me.person)
        ? act("endOpening", [...DURING])
        : act("signRecord", ["endOpening", ...DURING]);
    default:
      return plan(watching(state), null, []);
  }
}

/** Bids whose key did not come: only those can be remedied, by the key they were sealed under. */
export function remediable(state: OpeningState): Bid[] {
  return [...state.bids.values()].filter((bid) => unsealing(bid, state.envelope).code === "no_key");
}

function repair(state: OpeningState): ActionKind[] {
  const wanted: ActionKind[] = [];
  if (undecided(state).length > 0) wanted.push("ruleFault");
  const inTime = state.phase === "decrypting" || state.phase === "imported";
  if (inTime && remediable(state).length > 0 && state.terms?.remedy === "reopen") wanted.push("grantRemedy");
  return wanted;
}

function decryptingHost(state: OpeningState): Plan {
  const menu: ActionKind[] = [...repair(state), "extend", ...EARLY];
  if (unfinished(state).length > 0) {
    return plan("waitOpening", null, menu, phaseEnds(state));
  }
  return act("importBids", menu);
}

/**
 * Rule 8: a bid that failed by its bidder's own fault still counts, one that the platform spoiled, or may have
 * spoiled, doesn't. When that leaves too few, the host is asked.
 */
export function tooFewLeft(state: OpeningState): boolean {
  if (state.terms === null || state.continued === "left") return false;
  const spoiled = [...state.bids.values()].filter((bid) => {
    const fault = faultOf(bid, state.envelope);
    return fault === "platform" || fault === "unknown";
  });
  return spoiled.length > 0 && state.bids.size - spoiled.length < state.terms.minimum_bidders;
}

function drawHost(state: OpeningState, me: Me): Plan {
  const menu: ActionKind[] = [...repair(state), ...EARLY];
  const { draw, terms } = state;
  if (tooFewLeft(state)) return plan("shortfall", "decideShortfall", [...repair(state), ...DURING]);
  if ((terms?.draw ?? null) === null || draw.result !== null) {
    return act("startAnnouncing", menu);
  }
  if (!draw.commitments.some((each) => each.by === me.person)) return act("commitSeed", menu);
  if (draw.seeds[me.person] === undefined) return act("revealSeed", menu);
  return act("drawParameter", menu);
}

function announcingHost(state: OpeningState): Plan {
  const menu: ActionKind[] = [...repair(state), ...DURING];
  const left = toAnnounce(state).length;
  if (left > 0) return act("announceNext", left > 1 ? ["announceAll", ...menu] : menu);
  if (nextEnvelope(state) !== null) return act("unlockLater", menu);
  return act("startConfirmation", menu);
}

function confirmingHost(state: OpeningState, objections: boolean, now: number): Plan {
  const menu: ActionKind[] = [...repair(state), "extend", ...DURING];
  const { confirmation, objection } = state.windows;
  if (objections) return act("answerObjection", menu);
  const bids = [...state.bids.values()];
  const waiting = bids.some((bid) => bid.row !== null && bid.confirmation === "none");
  if (waiting) return plan("waitConfirmations", null, menu, confirmation ?? null);
  if (undecided(state).length > 0) return act("ruleFault", menu);
  // Who confirmed everything has nothing left to object to.
  const settled = bids.every((bid) => bid.confirmation === "confirmed");
  if (!settled && objection !== undefined && timeLeft(state, objection, now) > 0) {
    return plan("waitObjections", null, menu, objection);
  }
  return act("startSigning", menu);
}

/** The deputy, or the seated host after the deputy took over. */
function standby(state: OpeningState, me: Me): Plan {
  if (me.hostHere || state.phase === "draft") return plan(watching(state), null, ["takeOver"]);
  return act("takeOver", []);
}

// --- bidders ------------------------------------------------------------------------------------------

function bidder(state: OpeningState, me: Me, now: number): Plan {
  const { terms } = state;
  if (terms === null) return plan("waitPublication", null, []);
  if (state.pause !== null) return plan("paused", null, objecting(state, me, now));
  const deadline = Date.parse(terms.deadline);
  switch (state.phase) {
    case "receiving": {
      const opens = deadline - terms.windows.sign_in * 1000;
      if (!me.hasBid) return plan("editBid", "editBid", [], deadline);
      if (!me.signedIn && now >= opens) return act("signIn", ["editBid"], deadline);
      return plan("waitDeadline", null, ["editBid"], deadline);
    }
    case "closed":
    case "opening":
    case "roll_published": {
      const wait = state.phase === "roll_published" ? "waitDecryption" : "waitRoll";
      const late: ActionKind[] = me.hasBid && !me.signedIn ? ["signIn"] : [];
      return plan(wait, null, [...late, ...objecting(state, me, now)]);
    }
    case "decrypting":
      return decryptingBidder(state, me, now);
    case "imported":
    case "parameters":
      return drawBidder(state, me, now);
    case "announcing":
      return plan("waitAnnouncing", null, objecting(state, me, now));
    case "confirming":
      return confirmingBidder(state, me, now);
    case "signing": {
      const signed = state.signatures.some((each) => each.person === me.person);
      if (ownBid(state, me.person) === null) return plan("waitSigning", null, []);
      return signed
        ? plan("signed", null, objecting(state, me, now))
        : act("signRecord", objecting(state, me, now));
    }
    default:
      return plan(watching(state), null, []);
  }
}

/** Objections are for the time from the roll to the end of their window. */
function objecting(state: OpeningState, me: Me, now: number): ActionKind[] {
  if (!rollIsPublic(state.phase) || state.phase === "signing" || !me.hasBid) return [];
  const end = state.windows.objection;
  return end === undefined || timeLeft(state, end, now) > 0 ? ["raiseObjection"] : [];
}

function decryptingBidder(state: OpeningState, me: Me, now: number): Plan {
  const menu = objecting(state, me, now);
  const bid = ownBid(state, me.person);
  const policy = state.terms?.policy ?? "trustees";
  if (bid === null) return plan("waitOpening", null, menu);
  const { state: own } = unsealing(bid, state.envelope);
  if (own === "opened") return plan("released", null, menu);
  const until = bid.remedyUntil ?? state.windows.decryption ?? null;
  if (own === "void" || bid.keyReleased.includes(state.envelope)) {
    return plan("waitOpening", null, menu, until);
  }
  if (until !== null && timeLeft(state, until, now) === 0) return plan("waitOpening", null, menu);
  if (policy === "bidder" || policy === "both" || bid.remedyUntil !== null) {
    return policy === "trustees"
      ? plan("waitTrustees", null, menu, until)
      : act("releaseKey", menu, until);
  }
  if (policy === "trustees") return plan("waitTrustees", null, menu, until);
  // Policy `either`: the trustees come first, the bidder's key is for the second half of the window.
  const half = (state.terms?.windows.decryption ?? 0) * 500;
  return until !== null && timeLeft(state, until, now) < half
    ? act("releaseKey", menu, until)
    : plan("waitTrustees", null, ["releaseKey", ...menu], until);
}

function drawBidder(state: OpeningState, me: Me, now: number): Plan {
  const menu = objecting(state, me, now);
  const { draw, terms } = state;
  if ((terms?.draw ?? null) === null || draw.result !== null || ownBid(state, me.person) === null) {
    return plan("waitAnnouncing", null, menu);
  }
  const committed = draw.commitments.some((each) => each.by === me.person);
  const revealing = Object.keys(draw.seeds).length > 0;
  if (!committed) return revealing ? plan("waitDraw", null, menu) : act("commitSeed", menu);
  // A seed shown before the host closed the round of commitments would let others choose theirs.
  if (draw.seeds[me.person] === undefined) {
    return revealing ? act("revealSeed", menu) : plan("waitDrawReveals", null, menu);
  }
  return plan("waitDraw", null, menu);
}

function confirmingBidder(state: OpeningState, me: Me, now: number): Plan {
  const menu = objecting(state, me, now);
  const bid = ownBid(state, me.person);
  if (bid === null) return plan("waitConfirmations", null, menu);
  const until = phaseEnds(state);
  const timely = bid.row !== null && until !== null && timeLeft(state, until, now) > 0;
  switch (bid.confirmation) {
    case "confirmed":
      return plan("confirmed", null, timely ? ["disputeBid", ...menu] : menu);
    case "disputed":
      return plan("disputed", null, timely ? ["confirmBid", ...menu] : menu);
    case "lapsed":
      return plan("lapsed", null, menu);
    case "deemed":
      return plan("deemed", null, menu);
    case "none":
      return timely
        ? act("confirmBid", ["disputeBid", ...menu], until)
        : plan("waitConfirmations", null, menu);
  }
}

// --- trustees, supervisors, everybody else -----------------------------------------------------------------

function trustee(state: OpeningState, me: Me, now: number): Plan {
  const { terms } = state;
  if (terms === null) return plan("waitPublication", null, ["prepareTrustee"]);
  const prepared = state.cardsGiven.has(me.person) && state.rehearsed.has(me.person);
  if (state.phase === "draft" || state.phase === "receiving") {
    if (!prepared) return act("prepareTrustee", [], phaseEnds(state));
    return plan("waitDeadline", null, ["prepareTrustee"], phaseEnds(state));
  }
  if (state.pause !== null) return plan("paused", null, []);
  if (state.phase !== "decrypting") return plan(watching(state), null, []);
  if (terms.policy === "bidder") return plan("waitOpening", null, []);
  if (state.released[state.envelope]?.includes(me.person)) return plan("released", null, [], phaseEnds(state));
  const ends = [state.windows.decryption ?? 0, ...[...state.bids.values()].map((bid) => bid.remedyUntil ?? 0)];
  const until = Math.max(...ends);
  return timeLeft(state, until, now) > 0 ? act("releaseShares", [], until) : plan("waitOpening", null, []);
}

function supervisor(state: OpeningState, me: Me): Plan {
  const menu: ActionKind[] = state.phase === "draft" ? [] : ["issueWarning"];
  const signed = state.signatures.some((each) => each.person === me.person);
  if (state.phase === "signing" && !signed && state.pause === null) {
    return act("signRecord", [...menu, "watchOthers"]);
  }
  return plan(watching(state), null, [...menu, "watchOthers"]);
}

function tenderer(state: OpeningState, me: Me): Plan {
  if (state.pause !== null) return plan("paused", null, []);
  if (state.phase === "signing" && !state.signatures.some((each) => each.person === me.person)) {
    return act("signRecord", []);
  }
  const heard = rollIsPublic(state.phase) && state.phase !== "signing";
  return plan(watching(state), null, heard && openObjections(state).length > 0 ? ["answerObjection"] : []);
}

const WATCHING: Readonly<Partial<Record<Phase, Situation>>> = {
  draft: "waitPublication",
  receiving: "waitDeadline",
  closed: "waitHost",
  opening: "waitRoll",
  roll_published: "waitDecryption",
  decrypting: "waitOpening",
  imported: "waitAnnouncing",
  parameters: "waitDraw",
  announcing: "waitAnnouncing",
  confirming: "waitConfirmations",
  signing: "waitSigning",
};

function watching(state: OpeningState): Situation {
  return state.pause === null ? (WATCHING[state.phase] ?? "watching") : "paused";
}

function afterTheEnd(state: OpeningState, me: Me): Plan {
  const situation: Situation =
    state.phase === "failed" ? "failed" : state.phase === "terminated" ? "terminated" : "downloadMinutes";
  if (state.record !== null && me.role === "trustee") return plan(situation, "downloadMinutes", []);
  const staff = me.role === "host" || me.role === "deputy" || me.role === "tenderer" || me.role === "supervisor";
  const acting = state.host === me.person;
  const again: ActionKind[] = [];
  if (acting && (state.phase === "ended" || state.phase === "published")) again.push("reconvene");
  if (acting && state.phase === "published") again.push("archiveRoom");
  if (me.role === "supervisor") again.push("watchOthers");
  if (!staff && me.role !== "bidder") return plan(situation === "downloadMinutes" ? "watching" : situation, null, []);
  if (state.record === null) return plan(situation === "downloadMinutes" ? "waitMinutes" : situation, null, again);
  const files: ActionKind[] = staff ? ["downloadArchive", "downloadHead"] : [];
  return plan(situation, "downloadMinutes", [...files, ...again]);
}
