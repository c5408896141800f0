import { isMessage, translate, type Gaps } from "@/i18n";
import { instant } from "@/i18n/format";

/** A refusal by the server, or a failure on the way to it (`status` 0). */
export class ApiError extends Error {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: number;

  constructor(code: string, params: Readonly<Record<string, unknown>>, status: number) {
    super(code);
    this.name = "ApiError";
    this.code = code;
    this.params = params;
    this.status = status;
  }
}

interface Coded {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function isCoded(error: unknown): error is Coded {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    "params" in error &&
    typeof error.params === "object" &&
    error.params !== null
  );
}

const ISO = /^\d{4}-\d{2}-\d{2}[T ][\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/** Parameters as gaps of a sentence: times in words, lists joined, codes of reasons explained. */
export function gaps(params: Readonly<Record<string, unknown>>): Gaps {
  const out: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === "number") out[name] = value;
    // A reason inside a refusal is a code of its own.
    else if (typeof value === "string") out[name] = name === "reason" ? reasonOf(value) : ISO.test(value) ? instant(value.replace(" ", "T")) : value;
    else if (Array.isArray(value)) out[name] = value.map(String).join(", ");
  }
  return out;
}

/** The sentence for a reason that is a code, and the reason itself where it is a person's text. */
function reasonOf(value: string): string {
  const key = `errors.${value}`;
  return isMessage(key) ? translate(key) : value;
}

/** The code of an error of the server, of the sealing code or of this page. */
export function codeOf(error: unknown): string {
  if (isCoded(error)) return error.code;
  return error instanceof DOMException && error.name === "AbortError" ? "cancelled" : "unexpected";
}

/** Cause and way out of any error, in the language of the page. */
export function explain(error: unknown): string {
  const code = codeOf(error);
  const key = `errors.${code}`;
  if (isMessage(key)) return translate(key, isCoded(error) ? gaps(error.params) : {});
  return translate("errors.unknown", { code });
}

/** What is wrong with which field of a refused form: the server's path → sentence. */
export function fieldErrors(error: unknown): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  if (!isCoded(error)) return out;
  const { problems, where, path } = error.params;
  // Types that don't fit are refused at the first one, the terms' own rules all at once.
  const first = typeof where === "string" ? where : path;
  if (typeof first === "string") out.set(first, explain(error));
  if (!Array.isArray(problems)) return out;
  for (const problem of problems as readonly unknown[]) {
    if (typeof problem !== "object" || problem === null) continue;
    const params = problem as Readonly<Record<string, unknown>>;
    if (typeof params.path === "string" && typeof params.code === "string") {
      out.set(params.path, explain({ code: params.code, params }));
    }
  }
  return out;
}
