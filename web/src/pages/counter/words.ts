import { isMessage, language, translate } from "@/i18n";

const numbers = new Map<string, Intl.NumberFormat>();

/** A whole number with thousands separators. */
export function whole(value: number): string {
  const locale = language() === "zh" ? "zh-CN" : "en-GB";
  let made = numbers.get(locale);
  if (made === undefined) {
    made = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    numbers.set(locale, made);
  }
  return made.format(value);
}

/** The phase of a session in words. */
export function phaseName(phase: string): string {
  const key = `hall.phase.${phase}`;
  return isMessage(key) ? translate(key) : phase;
}

/** What an item came to, in words. */
export function outcomeName(outcome: string): string {
  const key = `hall.outcome.${outcome}`;
  return isMessage(key) ? translate(key) : outcome;
}

/** 11-16, a day under an axis. */
export function shortDay(day: string): string {
  return `${Number(day.slice(5, 7))}-${Number(day.slice(8))}`;
}

/** How long since or until: under a minute, in whole minutes, or hours and days once there are any. */
export function duration(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return translate("time.moment");
  if (minutes < 90) return translate("time.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? translate("time.hours", { n: hours }) : translate("time.days", { n: Math.floor(hours / 24) });
}

/** Digits of a ticket with gaps, so that a voice reads them one by one. */
export function spelled(number: string): string {
  return Array.from(number).join(" ");
}
