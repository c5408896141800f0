import { translate } from "@/i18n";

const SURE_MS = 1500;

/** 约剩 20 秒: what a steady work of `done` of `total` in `elapsed` milliseconds still needs; empty while nobody can tell. */
export function timeLeft(done: number, total: number, elapsed: number): string {
  if (done <= 0 || elapsed < SURE_MS) return "";
  return inWords(((total - done) / done) * elapsed);
}

/** The same from a rate in bytes a second. */
export function timeLeftAt(done: number, total: number, rate: number | null): string {
  return rate === null || rate <= 0 ? "" : inWords(((total - done) / rate) * 1000);
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const time =
    seconds < 90 ? translate("time.seconds", { n: seconds }) : translate("time.minutes", { n: Math.ceil(seconds / 60) });
  return translate("time.about_left", { time });
}
