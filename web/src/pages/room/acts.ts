/** What each action does: the orders that need more than a command, done with the keys on this device. */

import { b64u, fromB64u, hex, sha256 } from "@/crypto/encoding";
import { codeOf } from "@/http/errors";
import { jcs } from "@/crypto/json";
import { keyFileBytes, parseKeyFile } from "@/crypto/keyfile";
import { loadBidderKey } from "@/crypto/keys";
import type { ConfirmationBody } from "@/crypto/objects";
import { signObject } from "@/crypto/signing";
import { loadTrusteeKey, type TrusteeKey } from "@/crypto/trustee";
import { unprotectInWorker } from "@/crypto/worker";
import { call, freshKey } from "@/http/client";
import { ApiError } from "@/http/errors";
import { nextEnvelope, ownBid, toAnnounce, type ActionKind } from "@/rooms/opening/action";
import type { RoomCommand } from "@/rooms/opening/commands";
import { commitment } from "@/rooms/opening/draw";
import type { ChatMode, DepositState, Fault, Sealed, WindowName } from "@/rooms/opening/events";
import type { Bid } from "@/rooms/opening/state";
import { prepareRelease, type ReleaseReport } from "@/ui/trustee/release";
import type { Room } from "./room";

/** What the dialogs ask for; each action uses its own few. */
export interface Values {
  reason: string;
  recorded: boolean;
  decision: "fail" | "continue";
  objection: string;
  text: string;
  window: WindowName;
  minutes: number;
  bid: string;
  fault: Fault;
  mode: ChatMode;
  bidder: string;
  deposit: DepositState;
  name: string;
  file: File | Uint8Array<ArrayBuffer> | null;
  passphrase: string;
}

const at = (room: Room): string => `/api/openings/${encodeURIComponent(room.id)}`;

/** The command of an action that is nothing but a command; null for the others. */
export function commandOf(kind: ActionKind, values: Values, room: Room): RoomCommand | null {
  const state = room.state.value;
  switch (kind) {
    case "startOpening":
      return { type: "StartOpening", recording: values.recorded ? "confirmed" : values.reason };
    case "publishRoll":
      return { type: "PublishRoll" };
    case "decideShortfall":
      return values.decision === "fail"
        ? { type: "FailOpening", reason: values.reason }
        : { type: "ContinueOpening", reason: values.reason };
    case "failOpening":
      return { type: "FailOpening", reason: values.reason };
    case "startDecryption":
    case "unlockLater": {
      const envelope = nextEnvelope(state);
      return envelope === null ? null : { type: "StartDecryption", envelope };
    }
    case "importBids":
      return { type: "ImportBids" };
    case "drawParameter":
      return { type: "DrawParameter" };
    case "startAnnouncing":
      return { type: "StartAnnouncing" };
    case "announceNext": {
      const next = toAnnounce(state)[0];
      return next === undefined ? null : { type: "AnnounceBids", bids: [next.bid] };
    }
    case "announceAll":
      return { type: "AnnounceBids", bids: [] };
    case "startConfirmation":
      return { type: "StartConfirmation" };
    case "answerObjection":
      return { type: "AnswerObjection", objection: values.objection, text: values.text };
    case "startSigning":
      return { type: "StartSigning" };
    case "signRecord":
      return { type: "SignRecord", content: state.content };
    case "endOpening":
      return { type: "EndOpening" };
    case "archiveRoom":
      return { type: "ArchiveRoom" };
    case "reconvene":
      return { type: "Reconvene", reason: values.reason };
    case "pause":
      return { type: "PauseOpening", reason: values.reason };
    case "resume":
      return { type: "ResumeOpening" };
    case "extend":
      return { type: "ExtendWindow", window: values.window, minutes: values.minutes, reason: values.reason };
    case "terminate":
      return { type: "TerminateOpening", reason: values.reason };
    case "ruleFault":
      return { type: "RuleFault", bid: values.bid, fault: values.fault, reason: values.reason };
    case "grantRemedy":
      return { type: "GrantRemedy", bid: values.bid, minutes: values.minutes, reason: values.reason };
    case "chatMode":
      return { type: "SetChatMode", mode: values.mode };
    case "noteDeposit":
      return { type: "NoteDeposit", bidder: values.bidder, state: values.deposit };
    case "takeOver":
      return { type: "TakeOver" };
    case "issueWarning":
      return { type: "IssueWarning", text: values.text };
    default:
      return null;
  }
}

/** Does an action. `once` makes it safe to do again after a failure on the way. */
export async function perform(kind: ActionKind, values: Values, room: Room, once: string): Promise<void> {
  const command = commandOf(kind, values, room);
  if (command !== null) {
    await room.order(command, once);
    return;
  }
  const bid = ownBid(room.state.value, room.me.value.person);
  switch (kind) {
    case "commitSeed":
      await commitSeed(room, once);
      return;
    case "revealSeed":
      await revealSeed(room, once);
      return;
    case "raiseObjection":
      // The same key twice must be the same objection.
      await room.order({ type: "RaiseObjection", text: values.text, objection: `o-${once}` }, once);
      return;
    case "releaseKey":
      if (bid !== null) await releaseKey(room, bid, values, once);
      return;
    case "confirmBid":
      if (bid !== null) await confirm(room, bid, once);
      return;
    case "disputeBid":
      if (bid !== null) await room.order({ type: "DisputeBid", bid: bid.bid, reason: values.text }, once);
      return;
    default:
      throw new ApiError("unexpected", { kind }, 0);
  }
}

/** A link with which somebody may watch. */
export async function inviteObserver(room: Room, name: string, once: string): Promise<string> {
  const { url } = await call<{ url: string }>("POST", `${at(room)}/observers`, { body: { name }, once });
  return new URL(url, location.origin).href;
}

// --- the draw ---------------------------------------------------------------------------------------------

const SEED_BYTES = 32;

function seedPlace(room: Room): string {
  return `yunkai.seed.${room.id}.${room.me.value.person}`;
}

/** Commits to a fresh seed that stays on this device; a second try commits to the same one. */
async function commitSeed(room: Room, once: string): Promise<void> {
  const kept = localStorage.getItem(seedPlace(room));
  const seed = kept === null ? crypto.getRandomValues(new Uint8Array(SEED_BYTES)) : fromB64u(kept, SEED_BYTES);
  localStorage.setItem(seedPlace(room), b64u(seed));
  await room.order({ type: "CommitSeed", commitment: commitment(room.me.value.person, seed) }, once);
}

async function revealSeed(room: Room, once: string): Promise<void> {
  const seed = localStorage.getItem(seedPlace(room));
  if (seed === null) throw new SeedLost();
  await room.order({ type: "RevealSeed", seed }, once);
}

/** The seed was committed from another device. */
export class SeedLost extends Error {
  readonly code = "seed_elsewhere";
  readonly params = {};
}

// --- a bidder's key and confirmation ----------------------------------------------------------------------------

/** The key file belongs to another bid. */
export class OtherKeyFile extends Error {
  readonly code = "key_of_other_bid";
  readonly params = {};
}

async function releaseKey(room: Room, bid: Bid, values: Values, once: string): Promise<void> {
  if (values.file === null) throw new OtherKeyFile();
  const { envelope } = room.state.value;
  const text = await unprotectInWorker(await keyFileBytes(values.file), values.passphrase);
  const half = room.state.value.terms?.policy === "both";
  const found = parseKeyFile(text).keys.find(
    (each) => each.bid === bid.bid && each.envelope === envelope && each.half === half,
  );
  if (found === undefined) throw new OtherKeyFile();
  await room.order({ type: "ReleaseKey", bid: bid.bid, envelope, key: b64u(found.key) }, once);
}

const NOT_MY_KEY: ReadonlySet<string> = new Set(["wrong_key", "seal_refused", "wrong_signer"]);

/** Signs the own row with the enrolled key where it is on this device, otherwise confirms under the login alone. */
async function confirm(room: Room, bid: Bid, once: string): Promise<void> {
  const bidder = room.me.value.person;
  const key = await loadBidderKey(room.id, bidder).catch(() => null);
  if (key !== null) {
    const row = hex(sha256(jcs({ ...bid.row })));
    const signed = await signObject<ConfirmationBody>("confirmation", { opening: room.id, bidder, bid: bid.bid, row }, key);
    try {
      await room.order({ type: "ConfirmBid", bid: bid.bid, confirmation: signed as unknown as Sealed }, once);
      return;
    } catch (error) {
      // The key on this device may be older than the one enrolled from another.
      if (!NOT_MY_KEY.has(codeOf(error))) throw error;
    }
  }
  await room.order({ type: "ConfirmBid", bid: bid.bid, confirmation: null }, key === null ? once : freshKey());
}

// --- trustees -------------------------------------------------------------------------------------------------------

/** The trustee's key on this device, or null. */
export function trusteeKey(room: Room): Promise<TrusteeKey | null> {
  return loadTrusteeKey(room.me.value.person).catch(() => null);
}

/** Checks head, proofs and own clock, then releases the shares of all bids. Tells what was checked. */
export async function releaseShares(room: Room, key: TrusteeKey, once: string): Promise<ReleaseReport> {
  const { report, send } = await prepareRelease(room.id, room.state.value.envelope, key);
  await send(once);
  return report;
}
