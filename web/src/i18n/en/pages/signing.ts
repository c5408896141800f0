import type { Same } from "../../index";
import type { signing as zh } from "../../zh/pages/signing";

/** Signing the minutes */
export const signing: Same<typeof zh> = {
  title: "Sign the record",
  intro: "The signature goes into the PDF itself; anybody can check it with an ordinary reader.",
  key_hint: "Your browser makes and keeps the key. It can't be exported and never leaves this device; the platform only certifies its public half.",
  sealing: "The record is being sealed. You can sign it right after.",
  field: "Signature fields",
  state: { signed: "Signed", waiting: "Not signed yet", now: "Signing now", closed: "Not signed" },
  signed_at: "Signed at",
  certificate: "Certificate's digest",
  file: "SHA-256 of the present file",
  revision: "{n} signed",
  act: "Sign as {role} {name}",
  ask: {
    title: "Sign the record?",
    who: "You sign as {role} {name}.",
    what: "You sign the record's file as it is now; its SHA-256 begins with {digest}.",
    final: "The signature goes into the file and the log, and can't be taken back.",
    yes: "Sign",
  },
  step: {
    key: "Getting the key ready",
    prepare: "Fetching what is to be signed",
    sign: "Signing on this device",
    embed: "Writing the signature and its time stamp",
  },
  done: "Your signature is in the record",
  other: "{name} is signing",
  other_hint: "One person signs at a time. You can sign when this is done or its time is up.",
  same: "You are signing in another window",
  left: "At most",
  preserving: "Everybody has signed. The time stamp for keeping is being added.",
  preserved: "Signing is complete, and the record has its time stamp for keeping",
  preserved_hint: "Every signature can be checked years from now; the file doesn't change any more.",
  closed: "The opening is archived; signing is over.",
  mine_done: "You have signed. Others have not yet.",
  download: "Download the record (PDF)",
  verify: "Check it",
};
