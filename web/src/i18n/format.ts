import { language } from "./index";

/** Official times are Beijing time, whatever the device thinks. */
export const ZONE = "Asia/Shanghai";
const BEIJING = "+08:00";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = language() === "zh" ? "zh-CN" : "en-GB";
  const key = locale + JSON.stringify(options);
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(locale, { timeZone: ZONE, hourCycle: "h23", ...options });
    formats.set(key, made);
  }
  return made;
}

const DATE = { year: "numeric", month: "long", day: "numeric" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

type Instant = string | number | Date;

/** 2026年11月21日 · 21 November 2026 */
export function date(at: Instant): string {
  return format(DATE).format(new Date(at));
}

/** 09:00:00 */
export function clock(at: Instant): string {
  return format(CLOCK).format(new Date(at));
}

/** 09:00 */
export function hourMinute(at: Instant): string {
  return format({ hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** 2026年11月21日 09:00:00, with seconds because a deadline is an instant. */
export function instant(at: Instant): string {
  return `${date(at)} ${clock(at)}`;
}

/** 11月21日 周六 · Sat 21 Nov */
export function day(at: Instant): string {
  const words = format({ month: language() === "zh" ? "long" : "short", day: "numeric", weekday: "short" }).format(new Date(at));
  return words.replace(/日(?=周)/, "日 ");
}

/** 23:41, 1:23:41, or with days in front once there are any; negative is zero. `days` names a number of days. */
export function remaining(ms: number, days: (n: number) => string): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const [d, h, m, s] = [Math.floor(total / 86400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  const small = h > 0 || d > 0 ? `${d > 0 ? two(h) : String(h)}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
  return d > 0 ? `${days(d)} ${small}` : small;
}

/** 12.3 MB, a kilobyte being 1,024 bytes, as the file managers of bidders' computers count. */
export function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ""}`;
}

/** Names one after the other: 甲、乙 · A, B */
export function listed(names: readonly string[]): string {
  return names.join(language() === "zh" ? "、" : ", ");
}

/** A digest in groups of eight, which people compare by eye. */
export function grouped(hex: string): string {
  return hex.replace(/(.{8})(?=.)/g, "$1 ");
}

/** `2026-11-21T09:00:00` in Beijing, the value of a datetime-local field. */
export function toField(at: Instant): string {
  const shifted = new Date(new Date(at).getTime() + 8 * 3600_000);
  return shifted.toISOString().slice(0, 19);
}

/** The instant a datetime-local field in Beijing time stands for, RFC 3339 with milliseconds; null if unreadable. */
export function fromField(value: string): string | null {
  const at = new Date(`${value.length === 16 ? `${value}:00` : value}${BEIJING}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
