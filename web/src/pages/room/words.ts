/** Values, states and entries of a room in words. */

import { isMessage, translate as t, type Gaps, type MessageKey } from "@/i18n";
import { date, hourMinute } from "@/i18n/format";
import { capital, yuan } from "@/i18n/money";
import { ownBid, phaseEnds, toAnnounce } from "@/rooms/opening/action";
import type { Entry, FormValue } from "@/rooms/opening/events";
import { faultOf, nameOf, openObjections, overallState, undecided, type Bid, type OpeningState } from "@/rooms/opening/state";
import type { FormItem, Role } from "@/rooms/opening/terms";
import type { Tone } from "@/ui/StateTag.vue";

/** A form value as people read it; money in yuan with separators. */
export function valueText(item: FormItem, value: FormValue | null | undefined): string {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "string") return item.kind === "date" ? date(value) : value;
  switch (item.kind) {
    case "money":
      return yuan(value);
    case "percent":
      return `${(value / 100).toFixed(2)} %`;
    case "days":
      return `${value} ${item.unit === "" ? t("unit.days") : item.unit}`;
    default:
      return item.unit === "" ? String(value) : `${value} ${item.unit}`;
  }
}

/** The price of the announced row in fen, if there is one. */
export function priceOf(bid: Bid): number | null {
  const price = bid.row?.price;
  return typeof price === "number" ? price : null;
}

/** The announced items except the price, in the order of the form. */
export function otherItems(state: OpeningState): FormItem[] {
  return (state.terms?.form ?? []).filter((item) => item.announced && item.id !== "price");
}

export function bidTone(bid: Bid): Tone {
  switch (overallState(bid)) {
    case "opened":
      return "done";
    case "opening":
      return "here";
    case "void":
      return "wrong";
    default:
      return "plain";
  }
}

export function confirmationTone(bid: Bid): Tone {
  switch (bid.confirmation) {
    case "confirmed":
    case "deemed":
      return "done";
    case "disputed":
      return "wrong";
    case "lapsed":
      return "due";
    default:
      return "plain";
  }
}

/** Why a bid did not open, in words. */
export function voidText(code: string): string {
  const key = `room.void_code.${code}`;
  if (isMessage(key)) return t(key);
  const error = `errors.${code}`;
  return isMessage(error) ? t(error) : t("room.void_code.unknown", { code });
}

/** A role that may be missing from this version's words. */
export function roleText(role: Role): string {
  return t(`role.${role}`);
}

/** The figures that sentences about the moment may mention. */
export function gapsOf(state: OpeningState): Gaps {
  const bids = [...state.bids.values()];
  const count = (wanted: (bid: Bid) => boolean): number => bids.filter(wanted).length;
  return {
    total: bids.length,
    opened: count((bid) => overallState(bid) === "opened"),
    failed: count((bid) => overallState(bid) === "void"),
    announced: count((bid) => bid.announcedAt !== null),
    confirmed: count((bid) => bid.confirmation === "confirmed"),
    left: toAnnounce(state).length,
    objections: openObjections(state).length,
    undecided: undecided(state).length,
    shown: Object.keys(state.draw.seeds).length,
    minimum: state.terms?.minimum_bidders ?? 3,
  };
}

/** What is read out when a bid is announced. */
export function announcement(state: OpeningState, bid: Bid, spoken: "zh" | "en"): string {
  const items = (state.terms?.form ?? []).filter((item) => item.announced);
  const parts = [t("room.announce.bid", { number: bid.number, name: bid.name })];
  for (const item of items) {
    const value = bid.row?.[item.id];
    if (value === undefined) continue;
    if (item.id === "price" && typeof value === "number") {
      parts.push(t("room.announce.price", { capital: capital(value), figures: yuan(value) }));
    } else {
      const label = spoken === "en" && item.label_en !== "" ? item.label_en : item.label_zh;
      parts.push(t("room.announce.item", { label, value: valueText(item, value) }));
    }
  }
  if (bid.overLimit) parts.push(t("room.announce.over"));
  return parts.join(spoken === "zh" ? "," : ", ");
}

function bidName(state: OpeningState, id: string): string {
  return state.bids.get(id)?.name ?? id;
}

function clockOf(at: string): string {
  return hourMinute(at);
}

/** An entry as a sentence. */
export function entryText(entry: Entry, state: OpeningState): string {
  const { event } = entry;
  const key: MessageKey = isMessage(`room.log.${event.type}`) ? `room.log.${event.type}` : "room.log.unknown";
  return t(key, { who: entry.by.name === "" ? t("room.log.system") : entry.by.name, type: event.type, ...entryGaps(entry, state) });
}

function entryGaps(entry: Entry, state: OpeningState): Gaps {
  const { event } = entry;
  switch (event.type) {
    case "TenderPublished":
      return { version: event.version };
    case "BidderSignedIn":
      return { bidder: nameOf(state, event.bidder) };
    case "RollPublished":
      return { count: event.bids.length };
    case "OpeningContinued":
    case "OpeningFailed":
    case "OpeningTerminated":
    case "OpeningPaused":
    case "Reconvened":
      return { reason: event.reason };
    case "DecryptionStarted":
    case "ConfirmationStarted":
      return { until: clockOf(event.until) };
    case "ReleaseRefused":
      return { trustee: nameOf(state, event.trustee) };
    case "BidderKeyReleased":
    case "BidderKeyRefused":
    case "BidOpened":
    case "BidStored":
    case "BidBytesRefused":
    case "BidConfirmed":
      return { bidder: bidName(state, event.bid) };
    case "BidDisputed":
      return { bidder: bidName(state, event.bid), reason: event.reason };
    case "BidVoid":
      return { bidder: bidName(state, event.bid), fault: t(`room.fault.${event.fault}`) };
    case "FaultRuled":
      return { bidder: bidName(state, event.bid), fault: t(`room.fault.${event.fault}`), reason: event.reason };
    case "RemedyGranted":
      return { bidder: bidName(state, event.bid), until: clockOf(event.until), reason: event.reason };
    case "BidsImported":
      return { opened: event.opened, failed: event.void };
    case "ParameterDrawn":
      return { name: event.name, value: `${event.value}${state.terms?.draw?.unit ?? ""}` };
    case "BidAnnounced": {
      const price = event.row.price;
      return { bidder: bidName(state, event.bid), price: typeof price === "number" ? `¥${yuan(price)}` : "" };
    }
    case "ConfirmationsLapsed":
      return { count: event.bids.length };
    case "ObjectionRaised":
    case "ObjectionAnswered":
    case "WarningIssued":
      return { text: event.text };
    case "WindowExtended":
      return { window: t(`room.window.${event.window}`), until: clockOf(event.until), reason: event.reason };
    case "ServiceInterrupted":
      return { since: clockOf(event.since), back: clockOf(event.back) };
    case "HostChanged":
      return { host: nameOf(state, event.host) };
    case "DepositNoted":
      return { bidder: nameOf(state, event.bidder), state: t(`room.deposit.${event.state}`) };
    case "ChatModeSet":
      return { mode: t(`room.chat.${event.mode}`) };
    case "FloorRequested":
    case "FloorWithdrawn":
    case "FloorGranted":
    case "FloorTaken":
      return { person: nameOf(state, event.person) };
    case "SoundMuted":
      return { person: nameOf(state, event.person), done: t(event.muted ? "media.do.mute" : "media.do.unmute") };
    case "RecordingStarted":
      return { person: event.name, kind: t(`media.kind.${event.kind}`) };
    case "RecordingEnded": {
      const recording = state.recordings.get(event.recording);
      return { person: recording?.name ?? "", kind: t(`media.kind.${recording?.kind ?? "camera"}`) };
    }
    default:
      return {};
  }
}

/** The bid an entry is about, for a bid's own timeline. */
export function aboutBid(entry: Entry, bid: Bid): boolean {
  const { event } = entry;
  if ("bid" in event) return event.bid === bid.bid;
  if (event.type === "BidderSignedIn" || event.type === "DepositNoted") return event.bidder === bid.bidder;
  if (event.type === "ConfirmationsLapsed") return event.bids.includes(bid.bid);
  return event.type === "RollPublished" || event.type === "BidsImported" || event.type === "DecryptionStarted";
}

/** State and reason of a bid in a few words. */
export function stateText(bid: Bid, envelope: string): string {
  const fault = faultOf(bid, envelope);
  return fault === null ? t(`room.bid_state.${overallState(bid)}`) : t(`room.fault.${fault}`);
}

export { ownBid, phaseEnds };
