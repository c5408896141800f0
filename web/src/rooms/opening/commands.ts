/** What a person may order in a room: mirrors the commands of rooms/opening/commands.py that go to …/commands. */

import type { ChatMode, DepositState, Fault, Sealed, WindowName } from "./events";

export type RoomCommand =
  | { type: "StartOpening"; recording: string }
  | { type: "PublishRoll" }
  | { type: "ContinueOpening"; reason: string }
  | { type: "FailOpening"; reason: string }
  | { type: "StartDecryption"; envelope: string }
  | { type: "ReleaseKey"; bid: string; envelope: string; key: string }
  | { type: "RuleFault"; bid: string; fault: Fault; reason: string }
  | { type: "GrantRemedy"; bid: string; minutes: number; reason: string }
  | { type: "ImportBids" }
  | { type: "CommitSeed"; commitment: string }
  | { type: "RevealSeed"; seed: string }
  | { type: "DrawParameter" }
  | { type: "StartAnnouncing" }
  | { type: "AnnounceBids"; bids: string[] }
  | { type: "StartConfirmation" }
  | { type: "ConfirmBid"; bid: string; confirmation: Sealed | null }
  | { type: "DisputeBid"; bid: string; reason: string }
  | { type: "RaiseObjection"; text: string; objection: string }
  | { type: "AnswerObjection"; objection: string; text: string }
  | { type: "StartSigning" }
  | { type: "SignRecord"; content: string }
  | { type: "EndOpening" }
  | { type: "ArchiveRoom" }
  | { type: "PauseOpening"; reason: string }
  | { type: "ResumeOpening" }
  | { type: "ExtendWindow"; window: WindowName; minutes: number; reason: string }
  | { type: "TerminateOpening"; reason: string }
  | { type: "Reconvene"; reason: string }
  | { type: "IssueWarning"; text: string }
  | { type: "TakeOver" }
  | { type: "NoteDeposit"; bidder: string; state: DepositState }
  | { type: "PostChat"; text: string; to: string | null }
  | { type: "SetChatMode"; mode: ChatMode }
  | { type: "RequestFloor" }
  | { type: "WithdrawFloor" }
  | { type: "GrantFloor"; person: string }
  | { type: "TakeFloor" }
  | { type: "MutePerson"; person: string; muted: boolean };
