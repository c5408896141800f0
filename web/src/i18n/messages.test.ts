import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { bringEnglish, i18n, isMessage, LANGUAGES, translate, type MessageKey } from "./index";

beforeAll(bringEnglish);

const root = fileURLToPath(new URL("../../../", import.meta.url));

function files(folder: string, ending: string): readonly string[] {
  return readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${root}${folder}/${name}`);
}

function found(paths: readonly string[], patterns: readonly RegExp[]): readonly string[] {
  const text = paths.map((path) => readFileSync(path, "utf8")).join("\n");
  return [...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? "")))].sort();
}

/** Codes as the Python code writes them: class members, and the first argument of whatever is raised. */
const RAISED = [/raise [A-Za-z]+\(\s*"([a-z_]+)"/g, /\b[A-Z][A-Za-z]*(?:Error|Refused|Malformed)\(\s*"([a-z_]+)"/g];
const sources: [string, () => readonly string[]][] = [
  ["the rules of the rooms", () => found(files("rooms/refusals", ".py"), [/^ {4}code = "([a-z_]+)"/gm])],
  ["the rules of terms", () => found([`${root}rooms/opening/validate.py`], [/Problem\(\s*f?"[^"]*", "([a-z_]+)"/g])],
  ["the sealing protocol on the server", () => found(files("crypto", ".py"), RAISED)],
  ["the server", () => found([...files("server", ".py")], [...RAISED, /__init__\(\s*"([a-z_]+)"/g, /code: str = "([a-z_]+)"/g, /answer\(\d+, "([a-z_]+)"/g])],
  ["the sealing protocol in the browser", () => found(files("web/src/crypto", ".ts").filter((path) => !path.includes("test")), [/(?:CryptoError|BidMalformed|refusing|requireDistinct)\(\s*"([a-z_]+)"/g])],
  ["the pages", () => found(files("web/src", ".vue").concat(files("web/src", ".ts").filter((path) => !path.endsWith(".test.ts"))), [/new ApiError\("([a-z_]+)"/g])],
];

it("the check says what yunkai verify says, in its words", () => {
  const words = readFileSync(`${root}server/verify/words.py`, "utf8");
  const kinds = words.split(/^(FINDINGS|FACTS)\b.*= \{$/m);
  const keys = (text: string): readonly string[] => [...(text.split(/^\}$/m)[0] ?? "").matchAll(/^ {4}"([a-z_]+)": /gm)].map((match) => match[1] ?? "");
  const findings = keys(kinds[2] ?? "");
  const facts = keys(kinds[4] ?? "");
  expect(findings.length).toBeGreaterThan(20);
  expect(facts.length).toBeGreaterThan(10);
  expect(findings.filter((code) => !isMessage(`pages.audit.finding.${code}`))).toEqual([]);
  expect(facts.filter((code) => !isMessage(`pages.audit.fact.${code}`))).toEqual([]);
});

describe("every refusal has a sentence in both languages, from", () => {
  it.each(sources)("%s", (_, codes) => {
    const all = codes();
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter((code) => !isMessage(`errors.${code}`))).toEqual([]);
  });
});

function paths(messages: object, prefix = ""): readonly string[] {
  return Object.entries(messages).flatMap(([name, value]) =>
    typeof value === "string" ? [prefix + name] : paths(value as object, `${prefix}${name}.`),
  );
}

const gapsOf = (text: string): readonly string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].sort();

describe("the messages", () => {
  const all = paths(i18n.global.getLocaleMessage("zh")) as readonly MessageKey[];

  it.each(LANGUAGES)("of %s can all be said", (language) => {
    i18n.global.locale.value = language;
    for (const key of all) expect(translate(key, { n: 2 }), key).not.toBe(key);
    i18n.global.locale.value = "zh";
  }, 60_000);

  it("leave the same gaps in both languages", () => {
    const [zh, en] = LANGUAGES.map((language) => i18n.global.getLocaleMessage(language));
    const at = (messages: unknown, key: string): string =>
      key.split(".").reduce<unknown>((here, name) => (here as Record<string, unknown>)[name], messages) as string;
    for (const key of all) {
      // An amount is read out in capital numerals in Chinese and in figures in English.
      if (key !== "room.announce.price") expect(gapsOf(at(en, key)), key).toEqual(gapsOf(at(zh, key)));
    }
  });
});
