import { computed } from "vue";
import { createI18n, useI18n } from "vue-i18n";
import { common as commonZh } from "./zh/common";
import { counter as counterZh } from "./zh/counter";
import { errors as errorsZh } from "./zh/errors";
import { hall as hallZh } from "./zh/hall";
import { media as mediaZh } from "./zh/media";
import { pages as pagesZh } from "./zh/pages";
import { room as roomZh } from "./zh/room";

const zh = { ...commonZh, pages: pagesZh, room: roomZh, media: mediaZh, hall: hallZh, counter: counterZh, errors: errorsZh };
export type Messages = typeof zh;

/** The same keys with any sentences: what a translation of `T` must look like. */
export type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** A key of a sentence, as `pages.login.title`; a key that does not exist fails the type check. */
export type MessageKey = Paths<Messages>;
export type Language = "zh" | "en";
/** Values for the gaps of a sentence; `n` also chooses the plural form. */
export type Gaps = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, gaps?: Gaps) => string;

export const LANGUAGES: readonly Language[] = ["zh", "en"];
const STORED = "yunkai.language";

/** The language that was chosen on this device. */
export function remembered(): Language {
  try {
    return localStorage.getItem(STORED) === "en" ? "en" : "zh";
  } catch {
    return "zh"; // storage can be forbidden; the language is then not remembered
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: "zh",
  fallbackLocale: "zh",
  messages: { zh, en: {} as Same<Messages> },
});

const say = i18n.global.t as (key: string, gaps: Gaps, plural: number) => string;

/** The sentence of `key` in the language of the page. */
export const translate: Translate = (key, gaps = {}) =>
  say(key, gaps, typeof gaps.n === "number" ? gaps.n : 1);

/** Whether a key made from somebody else's code (an error, a finding) has a sentence. */
export function isMessage(key: string): key is MessageKey {
  return i18n.global.te(key, "zh");
}

export function language(): Language {
  return i18n.global.locale.value;
}

/** Brings the English sentences, which few need: without them a first screen is a sixth smaller. */
export async function bringEnglish(): Promise<void> {
  const { en } = await import("./en");
  i18n.global.setLocaleMessage("en", en);
}

/** Changes the language of the page and remembers it on this device. Where English can't be had the page stays as it is. */
export async function setLanguage(to: Language): Promise<void> {
  try {
    if (to === "en") await bringEnglish();
  } catch {
    return;
  }
  i18n.global.locale.value = to;
  document.documentElement.lang = to === "zh" ? "zh-CN" : "en";
  try {
    localStorage.setItem(STORED, to);
  } catch {
    // see remembered()
  }
}

/** For components: `t` in the page's language, and which one it is. */
export function useText() {
  const { locale } = useI18n({ useScope: "global" });
  return { t: translate, locale: computed<Language>(() => (locale.value === "en" ? "en" : "zh")) };
}
