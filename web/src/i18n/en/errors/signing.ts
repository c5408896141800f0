import type { Same } from "../../index";
import type { signing as zh } from "../../zh/errors/signing";

/** Signing the minutes */
export const signing: Same<typeof zh> = {
  minutes_not_ready: "The record is not sealed yet. Please try again in a moment.",
  minutes_changed: "The record has just got another signature. Please sign the newest file.",
  signing_closed: "Signing is over; the record doesn't change any more.",
  field_of_another: "This field is prepared for {name}; you can't sign here.",
  unknown_field: "The record has no such field. Please reload the page.",
  being_signed: "{name} is signing, until {until} at the latest. Please sign after that.",
  lease_expired: "This signature took too long and was not written. Please sign again.",
  lease_of_another: "{name} began this signature and has to finish it.",
  key_not_proven: "It was not proven that the key is yours, so no certificate was made. Please reload the page and sign again.",
  signature_of_other_key: "The signature does not fit the certificate and was not written. Please reload the page and sign again.",
  no_timestamps: "The time stamp service is away, so the signature was not written. Please try again later.",
};
