/** The fold: entries in, state out. Mirrors `evolve` of rooms/opening/machine.py for what a viewer sees. */

import type { CountedBid, Entry, OpeningEvent, WindowName } from "./events";
import { evolveFloor, evolveRecordings } from "./floor";
import {
  EMPTY,
  UNTOUCHED,
  unsealing,
  type Bid,
  type ConfirmationState,
  type OpeningState,
  type Unsealing,
} from "./state";
import type { Role, Terms } from "./terms";

/** The state after all of the entries. */
export function fold(entries: readonly Entry[], from: OpeningState = EMPTY): OpeningState {
  return entries.reduce(evolve, from);
}

/** The state after one more entry. An event of a newer server that this client doesn't know changes nothing. */
export function evolve(state: OpeningState, entry: Entry): OpeningState {
  const at = Date.parse(entry.at);
  const next = apply(withAuthor(state, entry), entry.event, at, entry);
  const phaseSince = next.phase === state.phase ? state.phaseSince : at;
  return { ...next, n: entry.n, phaseSince };
}

function apply(state: OpeningState, event: OpeningEvent, at: number, entry: Entry): OpeningState {
  switch (event.type) {
    case "TenderDrafted":
      return state.version === 0 ? withTerms(state, event.terms) : state;
    case "TenderPublished":
      return {
        ...withTerms(state, event.terms),
        phase: state.phase === "draft" ? "receiving" : state.phase,
        version: event.version,
        manifestDigest: event.manifest_digest,
      };
    case "TrusteeReady":
      return { ...state, cardsGiven: new Set([...state.cardsGiven, event.trustee]) };
    case "TrusteeRehearsed":
      return { ...state, rehearsed: new Set([...state.rehearsed, event.trustee]) };
    case "BiddingClosed":
      return { ...state, phase: "closed" };
    case "BidderSignedIn":
      return eachBidOf(state, event.bidder, (bid) => ({
        ...bid,
        signedIn: true,
        lateSignIn: event.late,
      }));
    case "OpeningStarted":
      return { ...state, phase: "opening", recording: event.recording };
    case "RollPublished":
      return withRoll(state, event.bids, new Set(event.absent), event.enough);
    case "OpeningContinued":
      // Before anything is opened the question is how many bid, afterwards how many are left.
      return state.envelope === "" ? { ...state, enough: true, continued: "roll" } : { ...state, continued: "left" };
    case "OpeningFailed":
      return { ...state, phase: "failed", ending: event.reason, windows: {}, pause: null };
    case "OpeningTerminated":
      return { ...state, phase: "terminated", ending: event.reason, windows: {}, pause: null };
    case "OpeningPaused": {
      const pause = { at: Date.parse(event.since), reason: event.reason, resumedAt: null };
      return { ...state, pause, pauses: [...state.pauses, pause] };
    }
    case "OpeningResumed":
      return {
        ...withRemedies(withWindows(state, event.windows), event.remedies),
        pause: null,
        pauses: state.pauses.map((pause) =>
          pause.resumedAt === null ? { ...pause, resumedAt: at } : pause,
        ),
      };
    case "WindowExtended":
      return {
        ...withWindows(state, { [event.window]: event.until }),
        extension: { window: event.window, reason: event.reason },
      };
    case "ServiceInterrupted":
      return withRemedies(withWindows(state, event.windows), event.remedies);
    case "HostChanged":
      return { ...state, host: event.host };
    case "WarningIssued":
      return {
        ...state,
        warnings: [...state.warnings, { at, name: entry.by.name, text: event.text }],
      };
    case "DepositNoted":
      return eachBidOf(state, event.bidder, (bid) => ({ ...bid, deposit: event.state }));
    case "ChatPosted":
      return {
        ...state,
        chat: [...state.chat, { n: entry.n, at, by: entry.by, text: event.text, to: event.to }],
      };
    case "ChatModeSet":
      return { ...state, chatMode: event.mode };
    default:
      return afterRoll(state, event, at, entry);
  }
}

/** Decryption, import, draw and announcing. */
function afterRoll(
  state: OpeningState,
  event: OpeningEvent,
  at: number,
  entry: Entry,
): OpeningState {
  switch (event.type) {
    case "DecryptionStarted":
      return {
        // A bid whose earlier envelope did not open is out of play.
        ...eachBid(state, (bid) =>
          Object.values(bid.envelopes).some((each) => each.state === "void")
            ? bid
            : withUnsealing(bid, event.envelope, { ...UNTOUCHED, state: "queued" }),
        ),
        phase: "decrypting",
        extension: null,
        envelope: event.envelope,
        windows: { ...state.windows, decryption: Date.parse(event.until) },
      };
    case "SharesReleased":
      return withShares(state, event.trustee, event.envelope);
    case "BidderKeyReleased":
      return oneBid(state, event.bid, (bid) => ({
        ...advance(bid, event.envelope, "opening"),
        keyReleased: [...bid.keyReleased, event.envelope],
      }));
    case "BidderKeyRefused":
      return oneBid(state, event.bid, (bid) => ({
        ...bid,
        refusals: [...bid.refusals, { at, code: event.code }],
      }));
    case "BidOpened":
      return oneBid(state, event.bid, (bid) => ({
        ...withUnsealing(bid, event.envelope, {
          ...UNTOUCHED,
          state: "opened",
          at,
          by: event.by,
          files: event.files ?? [],
        }),
        remedyUntil: null,
      }));
    case "BidVoid":
      return oneBid(state, event.bid, (bid) => ({
        ...withUnsealing(bid, event.envelope, {
          ...UNTOUCHED,
          state: "void",
          at,
          code: event.code,
          step: event.step,
          fault: event.fault,
        }),
        remedyUntil: null,
        ruling: null,
      }));
    case "FaultRuled":
      return oneBid(state, event.bid, (bid) => ({
        ...bid,
        ruling: { fault: event.fault, reason: event.reason },
      }));
    case "RemedyGranted":
      return {
        ...oneBid(state, event.bid, (bid) => ({
          ...withUnsealing(bid, state.envelope, { ...UNTOUCHED, state: "queued" }),
          remedyUntil: Date.parse(event.until),
          ruling: null,
        })),
        phase: "decrypting",
      };
    case "BidsImported":
      return { ...state, phase: "imported", windows: without(state, "decryption") };
    case "DrawCommitted":
      return {
        ...state,
        phase: "parameters",
        draw: {
          ...state.draw,
          commitments: [
            ...state.draw.commitments,
            { by: event.by, commitment: event.commitment },
          ],
        },
      };
    case "DrawRevealed":
      return {
        ...state,
        draw: { ...state.draw, seeds: { ...state.draw.seeds, [event.by]: event.seed } },
      };
    case "ParameterDrawn":
      return {
        ...state,
        phase: "parameters",
        draw: {
          ...state.draw,
          result: { value: event.value, seeds: event.seeds, unrevealed: event.unrevealed },
        },
      };
    case "AnnouncingStarted":
      return { ...state, phase: "announcing", controlPrice: event.control_price };
    case "BidAnnounced":
      return {
        ...oneBid(state, event.bid, (bid) => ({
          ...bid,
          row: event.row,
          overLimit: event.over_limit,
          announcedAt: at,
        })),
        lastAnnounced: event.bid,
        announced: state.announced + 1,
      };
    default:
      return closingPart(state, event, at, entry);
  }
}

/** Confirming, objections, signing and the end. */
function closingPart(
  state: OpeningState,
  event: OpeningEvent,
  at: number,
  entry: Entry,
): OpeningState {
  switch (event.type) {
    case "ConfirmationStarted":
      return {
        ...state,
        phase: "confirming",
        windows: {
          ...state.windows,
          confirmation: Date.parse(event.until),
          objection: Date.parse(event.objections_until),
        },
      };
    case "Reconvened":
      return {
        ...eachBid(state, (bid) =>
          bid.confirmation === "lapsed" || bid.confirmation === "deemed"
            ? { ...bid, confirmation: "none", confirmedAt: null }
            : bid,
        ),
        phase: "confirming",
        reconvened: event.reason,
        content: "",
        record: null,
        signatures: [],
        windows: {
          ...state.windows,
          confirmation: Date.parse(event.until),
          objection: Date.parse(event.until),
        },
      };
    case "BidConfirmed":
      return oneBid(state, event.bid, (bid) => ({
        ...bid,
        confirmation: "confirmed",
        confirmedAt: at,
        confirmedWithKey: event.signed,
      }));
    case "BidDisputed":
      return oneBid(state, event.bid, (bid) => ({
        ...bid,
        confirmation: "disputed",
        confirmedAt: at,
        dispute: event.reason,
      }));
    case "ConfirmationsLapsed": {
      const lapsed = new Set(event.bids);
      return eachBid(state, (bid) =>
        lapsed.has(bid.bid) ? { ...bid, confirmation: missed(state, bid), confirmedAt: at } : bid,
      );
    }
    case "ObjectionRaised":
      return {
        ...state,
        objections: [
          ...state.objections,
          {
            id: event.objection,
            by: event.by,
            name: entry.by.name,
            at,
            text: event.text,
            answer: null,
            answeredAt: null,
          },
        ],
      };
    case "ObjectionAnswered":
      return {
        ...state,
        objections: state.objections.map((each) =>
          each.id === event.objection ? { ...each, answer: event.text, answeredAt: at } : each,
        ),
      };
    case "SigningStarted":
      return { ...state, phase: "signing", content: event.content, signatures: [], windows: {} };
    case "RecordSigned":
      return {
        ...eachBidOf(state, event.role === "bidder" ? event.person : "", (bid) => ({
          ...bid,
          signedAt: at,
        })),
        signatures: [
          ...state.signatures,
          {
            person: event.person,
            name: entry.by.name,
            role: event.role,
            at,
            content: event.content,
          },
        ],
      };
    case "OpeningEnded":
      return { ...state, phase: "ended", windows: {} };
    case "RecordPublished":
      return {
        ...state,
        // A failed or terminated opening has a record too, and stays what it is.
        phase: state.phase === "ended" ? "published" : state.phase,
        record: { sha256: event.sha256, size: event.size, logSize: event.log_size },
      };
    case "MinutesSigned":
    case "MinutesPreserved":
      // Later revisions of the same minutes: the newest one is the record.
      return { ...state, record: state.record && { ...state.record, sha256: event.sha256, size: event.size } };
    case "RoomArchived":
      return { ...state, phase: "archived" };
    case "FloorRequested":
    case "FloorWithdrawn":
    case "FloorGranted":
    case "FloorTaken":
    case "SoundMuted":
      return { ...state, floor: evolveFloor(state.floor, event) };
    case "RecordingStarted":
    case "RecordingsMarked":
    case "RecordingEnded":
      return { ...state, recordings: evolveRecordings(state.recordings, event, at) };
    default:
      return state;
  }
}

function missed(state: OpeningState, bid: Bid): ConfirmationState {
  return !bid.signedIn && state.terms?.regime === "procurement" ? "deemed" : "lapsed";
}

function withAuthor(state: OpeningState, entry: Entry): OpeningState {
  const { person, name, role } = entry.by;
  if (role === "system" || name === "" || state.names.has(person)) return state;
  return { ...state, names: new Map([...state.names, [person, { name, role }]]) };
}

function withTerms(state: OpeningState, terms: Terms): OpeningState {
  const names = new Map(state.names);
  for (const seat of terms.seats) names.set(seat.person, { name: seat.name, role: seat.role });
  const host = terms.seats.find((seat) => seat.role === "host")?.person ?? "";
  return {
    ...state,
    terms,
    names,
    host: state.host === "" ? host : state.host,
    controlPrice: terms.control_price,
  };
}

function withRoll(
  state: OpeningState,
  counted: readonly CountedBid[],
  absent: ReadonlySet<string>,
  enough: boolean,
): OpeningState {
  const bids = new Map<string, Bid>();
  const names = new Map<string, { name: string; role: Role }>(state.names);
  counted.forEach((each, index) => {
    names.set(each.bidder, { name: each.name, role: "bidder" });
    bids.set(each.bid, {
      bid: each.bid,
      number: index + 1,
      bidder: each.bidder,
      name: each.name,
      headerDigest: each.header_digest,
      receivedAt: Date.parse(each.received_at),
      stored: each.stored,
      manifestVersion: each.manifest_version,
      stale: each.stale,
      signedIn: !absent.has(each.bidder),
      lateSignIn: false,
      deposit: null,
      envelopes: {},
      keyReleased: [],
      refusals: [],
      ruling: null,
      remedyUntil: null,
      row: null,
      overLimit: false,
      announcedAt: null,
      confirmation: "none",
      confirmedAt: null,
      confirmedWithKey: false,
      dispute: "",
      signedAt: null,
    });
  });
  return { ...state, phase: "roll_published", bids, names, enough };
}

function withWindows(
  state: OpeningState,
  ends: Partial<Record<WindowName, string>>,
): OpeningState {
  const windows = { ...state.windows };
  for (const name of ["decryption", "confirmation", "objection", "upload"] as const) {
    const end = ends[name];
    if (end !== undefined) windows[name] = Date.parse(end);
  }
  return { ...state, windows };
}

function withRemedies(
  state: OpeningState,
  ends: Readonly<Record<string, string>>,
): OpeningState {
  return Object.entries(ends).reduce(
    (now, [bid, until]) => oneBid(now, bid, (each) => ({ ...each, remedyUntil: Date.parse(until) })),
    state,
  );
}

function without(state: OpeningState, name: WindowName): OpeningState["windows"] {
  return Object.fromEntries(Object.entries(state.windows).filter(([key]) => key !== name));
}

function withShares(state: OpeningState, trustee: string, envelope: string): OpeningState {
  const before = state.released[envelope] ?? [];
  if (before.includes(trustee)) return state;
  const released = { ...state.released, [envelope]: [...before, trustee] };
  const next = { ...state, released };
  const terms = state.terms;
  // Under the policy `both` the shares alone open nothing.
  if (terms === null || terms.policy === "both" || before.length + 1 < terms.threshold) return next;
  return eachBid(next, (bid) => advance(bid, envelope, "opening"));
}

function advance(bid: Bid, envelope: string, to: Unsealing["state"]): Bid {
  const now = unsealing(bid, envelope);
  return now.state === "queued" ? withUnsealing(bid, envelope, { ...now, state: to }) : bid;
}

function withUnsealing(bid: Bid, envelope: string, unsealed: Unsealing): Bid {
  return { ...bid, envelopes: { ...bid.envelopes, [envelope]: unsealed } };
}

function oneBid(state: OpeningState, id: string, change: (bid: Bid) => Bid): OpeningState {
  const bid = state.bids.get(id);
  if (bid === undefined) return state;
  return { ...state, bids: new Map(state.bids).set(id, change(bid)) };
}

function eachBid(state: OpeningState, change: (bid: Bid) => Bid): OpeningState {
  return { ...state, bids: new Map([...state.bids].map(([id, bid]) => [id, change(bid)])) };
}

function eachBidOf(state: OpeningState, person: string, change: (bid: Bid) => Bid): OpeningState {
  return eachBid(state, (bid) => (bid.bidder === person ? change(bid) : bid));
}
