import { learn } from "./clock";
import { ApiError } from "./errors";

interface Options {
  /** JSON body. */
  readonly body?: unknown;
  /** Multipart body; excludes `body`. */
  readonly form?: FormData;
  /** Makes a command safe to repeat: the server answers the same key with its first answer. */
  readonly once?: string;
  readonly signal?: AbortSignal;
}

const PAUSES = [400, 1200, 3000] as const;
const TEMPORARY = new Set([502, 503, 504]);

let onLostLogin: () => void = () => undefined;

/** What to do when the server no longer knows the login. */
export function whenLoginIsLost(act: () => void): void {
  onLostLogin = act;
}

/** Tells the page that an answer said so outside this client. */
export function loginIsLost(): void {
  onLostLogin();
}

/** A fresh key for `once`. */
export function freshKey(): string {
  // randomUUID is missing on plain http, where a page still has to be able to say what is wrong.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    });
  });
}

async function refusal(answer: Response): Promise<ApiError> {
  try {
    const body: unknown = await answer.json();
    const error = (body as { error?: { code?: unknown; params?: unknown } }).error;
    if (typeof error?.code === "string") {
      const params = typeof error.params === "object" && error.params !== null ? error.params : {};
      return new ApiError(error.code, params as Record<string, unknown>, answer.status);
    }
  } catch {
    // No JSON: a proxy answered in place of the server.
  }
  return new ApiError(TEMPORARY.has(answer.status) ? "unavailable" : `status_${answer.status}`, {}, answer.status);
}

async function attempt(method: string, path: string, options: Options): Promise<Response> {
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") headers.set("X-Yunkai", "1");
  if (options.once !== undefined) headers.set("Idempotency-Key", options.once);
  let body: BodyInit | null = null;
  if (options.form !== undefined) body = options.form;
  else if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(options.body);
  }
  const sent = Date.now();
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body,
      credentials: "same-origin",
      cache: "no-store",
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", {}, 0);
  }
  const time = answer.headers.get("X-Yunkai-Time");
  if (time !== null) learn(time, sent, Date.now());
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

/** Sends a request; what can be repeated without harm is repeated when the network or a proxy failed. */
async function send(method: "GET" | "POST" | "DELETE", path: string, options: Options = {}): Promise<Response> {
  const repeatable = method === "GET" || options.once !== undefined;
  for (let round = 0; ; round += 1) {
    try {
      return await attempt(method, path, options);
    } catch (error) {
      const wait = PAUSES[round];
      const temporary = error instanceof ApiError && (error.status === 0 || TEMPORARY.has(error.status));
      if (!repeatable || !temporary || wait === undefined) {
        if (error instanceof ApiError && error.status === 401 && path !== "/api/login" && path !== "/api/me") onLostLogin();
        throw error;
      }
      await pause(wait, options.signal);
    }
  }
}

/** The JSON of an answer; undefined when it has no body. The caller names the type the interface document promises. */
export async function call<T>(method: "GET" | "POST" | "DELETE", path: string, options: Options = {}): Promise<T> {
  const answer = await send(method, path, options);
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
