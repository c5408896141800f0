import { translate } from "@/i18n";

/** 30 分钟, 2 小时, 45 秒: the length of a window given in seconds. */
export function duration(seconds: number): string {
  if (seconds !== 0 && seconds % 3600 === 0) return translate("time.hours", { n: seconds / 3600 });
  if (seconds >= 60) return translate("time.minutes", { n: Math.round(seconds / 60) });
  return translate("time.seconds", { n: seconds });
}
