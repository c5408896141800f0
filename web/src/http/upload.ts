import { DetailedError, Upload, type HttpRequest } from "tus-js-client";
import { loginIsLost } from "./client";
import { ApiError } from "./errors";

export interface UploadProgress {
  readonly done: number;
  readonly total: number;
  /** Bytes a second over the last seconds; null until it is known. */
  readonly rate: number | null;
  /** The network failed; the upload goes on by itself. */
  readonly waiting: boolean;
}

const CHUNK = 4 * 1024 * 1024;
const AGAIN_MS = 3000;
const RATE_MS = 8000;
/** Answers after which asking the server where it is and going on is right: busy, out of step, damaged piece. */
const GO_ON = new Set([0, 409, 423, 429, 460, 500, 502, 503, 504]);

async function checksum(file: Blob, request: HttpRequest): Promise<void> {
  if (request.getMethod() !== "PATCH") return;
  const from = Number(request.getHeader("Upload-Offset"));
  const piece = await file.slice(from, from + CHUNK).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", piece));
  request.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...digest))}`);
}

function refusal(error: Error): ApiError {
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  const status = answer?.getStatus() ?? 0;
  try {
    const body = JSON.parse(answer?.getBody() ?? "") as { error: { code: string; params?: Record<string, unknown> } };
    return new ApiError(body.error.code, body.error.params ?? {}, status);
  } catch {
    return new ApiError(status === 0 ? "offline" : `status_${status}`, {}, status);
  }
}

/** Waits for the network to come back, or a few seconds. */
function patience(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, AGAIN_MS);
    addEventListener("online", end);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** How fast it goes: bytes over the last seconds, so that a pause shows at once. */
class Speed {
  #seen: { at: number; done: number }[] = [];

  take(done: number): number | null {
    const at = performance.now();
    this.#seen.push({ at, done });
    while (this.#seen.length > 2 && at - (this.#seen[0]?.at ?? at) > RATE_MS) this.#seen.shift();
    const first = this.#seen[0];
    return first === undefined || at - first.at < 500 ? null : ((done - first.done) / (at - first.at)) * 1000;
  }

  reset(): void {
    this.#seen = [];
  }
}

/**
 * Uploads a sealed file to its tus address, from wherever the server is. Every piece carries its SHA-256. Goes on
 * after lost networks and restarted servers until it is done, the signal aborts or the server refuses for good.
 */
export async function uploadSealed(
  url: string,
  file: Blob,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const speed = new Speed();
  let done = 0;
  const report = (waiting: boolean): void => {
    onProgress({ done, total: file.size, rate: waiting ? null : speed.take(done), waiting });
  };

  const once = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const upload = new Upload(file, {
        uploadUrl: url,
        chunkSize: CHUNK,
        retryDelays: null,
        storeFingerprintForResuming: false,
        headers: { "X-Yunkai": "1" },
        onBeforeRequest: (request) => checksum(file, request),
        onProgress: (sent) => {
          done = sent;
          report(false);
        },
        onSuccess: () => {
          resolve();
        },
        onError: reject,
      });
      signal.addEventListener(
        "abort",
        () => {
          void upload.abort();
          reject(new DOMException("aborted", "AbortError"));
        },
        { once: true },
      );
      upload.start();
    });

  report(false);
  for (;;) {
    signal.throwIfAborted();
    try {
      await once();
      return;
    } catch (error) {
      if (signal.aborted || !(error instanceof Error)) throw error;
      const refused = refusal(error);
      if (refused.status === 401) loginIsLost();
      if (!GO_ON.has(refused.status) || refused.code === "bytes_already_stored") throw refused;
      speed.reset();
      report(true);
      await patience(signal);
    }
  }
}
