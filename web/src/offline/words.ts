import { ref } from "vue";
import { CryptoError } from "@/crypto/errors";
import { sealing as sealingEn } from "@/i18n/en/errors/sealing";
import { sealing as sealingZh } from "@/i18n/zh/errors/sealing";
import { en } from "./en";
import { zh } from "./zh";

/** A sentence of this page. */
export type Word = keyof typeof zh;

/** The page's language; the page has its own two message files, so that it depends on no other part of the site. */
export const language = ref<"zh" | "en">("zh");

/** Changes the language of the whole page. */
export function switchLanguage(): void {
  language.value = language.value === "zh" ? "en" : "zh";
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  document.title = `${say("brand")} ${say("title")}`;
}

type Gaps = Readonly<Record<string, string | number>>;

function filled(sentence: string, gaps: Gaps): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(gaps[name] ?? whole));
}

/** The sentence in the page's language. */
export function say(word: Word, gaps: Gaps = {}): string {
  return filled((language.value === "zh" ? zh : en)[word], gaps);
}

/** Cause and way out of an error. */
export function explain(error: unknown): string {
  if (!(error instanceof CryptoError)) return say("unknown", { code: String(error) });
  if (error.code === "worker") return say("worker");
  const sentences: Readonly<Record<string, string>> = language.value === "zh" ? sealingZh : sealingEn;
  const sentence = sentences[error.code];
  return sentence === undefined ? say("unknown", { code: error.code }) : filled(sentence, error.params);
}

/** 1.5 MB */
export function sizeText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** Official times are Beijing time, whatever the computer thinks. */
export function instantText(time: string): string {
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", dateStyle: "long", timeStyle: "medium", hourCycle: "h23" }).format(new Date(time));
}

/** 2 d 03:04:05 */
export function leftText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days === 0) return clock;
  return language.value === "zh" ? `${days} 天 ${clock}` : `${days} d ${clock}`;
}
