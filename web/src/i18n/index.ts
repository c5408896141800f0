import { computed } from "vue";
import { createI18n, useI18n } from "vue-i18n";
import { common as commonEn } from "./en/common";
import { counter as counterEn } from "./en/counter";
import { errors as errorsEn } from "./en/errors";
import { hall as hallEn } from "./en/hall";
import { media as mediaEn } from "./en/media";
import { pages as pagesEn } from "./en/pages";
import { room as roomEn } from "./en/room";
import { common as commonZh } from "./zh/common";
import { counter as counterZh } from "./zh/counter";
import { errors as errorsZh } from "./zh/errors";
import { hall as hallZh } from "./zh/hall";
import { media as mediaZh } from "./zh/media";
import { pages as pagesZh } from "./zh/pages";
import { room as roomZh } from "./zh/room";

const zh = { ...commonZh, pages: pagesZh, room: roomZh, media: mediaZh, hall: hallZh, counter: counterZh, errors: errorsZh };
type Messages = typeof zh;
const en = { ...commonEn, pages: pagesEn, room: roomEn, media: mediaEn, hall: hallEn, counter: counterEn, errors: errorsEn } satisfies Same<Messages>;

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

function remembered(): Language {
  try {
    return localStorage.getItem(STORED) === "en" ? "en" : "zh";
  } catch {
    return "zh"; // storage can be forbidden; the language is then not remembered
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: typeof localStorage === "undefined" ? "zh" : remembered(),
  fallbackLocale: "zh",
  messages: { zh, en },
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

/** Changes the language of the page and remembers it on this device. */
export function setLanguage(to: Language): void {
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
