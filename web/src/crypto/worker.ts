import type { Bytes } from "./encoding";
import { BidMalformed, CryptoError, type ErrorParams } from "./errors";
import type { OpenInput, OpenedBid } from "./open";
import type { SealInput, SealProgress, SealedBid } from "./seal";
import SealWorker from "@/workers/seal.worker?worker";

/** What a page asks of the worker. Files go over as handles, keys as keys that can't be exported. */
export type Order =
  | { readonly do: "seal"; readonly input: SealInput }
  | { readonly do: "open"; readonly input: Omit<OpenInput, "onBytes" | "signal"> }
  | { readonly do: "protect"; readonly text: string; readonly passphrase: string }
  | { readonly do: "unprotect"; readonly file: Bytes; readonly passphrase: string }
  | { readonly do: "cancel" };

/** What the worker answers. */
export type Answer =
  | { readonly said: "progress"; readonly progress: SealProgress }
  | { readonly said: "sealed"; readonly bid: SealedBid }
  | { readonly said: "opened"; readonly bid: OpenedBid }
  | { readonly said: "refused"; readonly code: string; readonly params: ErrorParams; readonly step: number | null }
  | { readonly said: "protected"; readonly file: Bytes }
  | { readonly said: "unprotected"; readonly text: string }
  | { readonly said: "cancelled" }
  | { readonly said: "broken"; readonly reason: string };

/** How a page hears of the work and stops it. */
export interface WorkOptions {
  readonly onProgress?: ((progress: SealProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How long a cancelled worker may take to clean up behind itself. */
const GRACE = 2000;

/**
 * Seals a bid in a worker: the page stays alive, and the sealed files are written outside memory
 * where the browser can. Aborting rejects with the signal's reason; refusals are CryptoErrors.
 */
export async function sealInWorker(input: SealInput, options: WorkOptions = {}): Promise<SealedBid> {
  const answer = await ask({ do: "seal", input }, options);
  if (answer.said !== "sealed") throw new CryptoError("worker", { reason: answer.said });
  return answer.bid;
}

/** Opens and checks a bid in a worker. */
export async function openInWorker(input: Omit<OpenInput, "onBytes" | "signal">, options: WorkOptions = {}): Promise<OpenedBid> {
  const answer = await ask({ do: "open", input }, options);
  if (answer.said !== "opened") throw new CryptoError("worker", { reason: answer.said });
  return answer.bid;
}

/** Protects a short text with a passphrase in a worker. */
export async function protectInWorker(text: string, passphrase: string): Promise<Bytes> {
  const answer = await ask({ do: "protect", text, passphrase });
  if (answer.said !== "protected") throw new CryptoError("worker", { reason: answer.said });
  return answer.file;
}

/** Reads a passphrase file in a worker. */
export async function unprotectInWorker(file: Bytes, passphrase: string): Promise<string> {
  const answer = await ask({ do: "unprotect", file, passphrase });
  if (answer.said !== "unprotected") throw new CryptoError("worker", { reason: answer.said });
  return answer.text;
}

function ask(order: Order, { onProgress, signal }: WorkOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new SealWorker();
    const post = (next: Order): void => {
      worker.postMessage(next);
    };
    const cancel = (): void => {
      post({ do: "cancel" });
      setTimeout(stop, GRACE);
      reject(signal?.reason as Error);
    };
    const stop = (): void => {
      signal?.removeEventListener("abort", cancel);
      worker.terminate();
    };
    signal?.addEventListener("abort", cancel, { once: true });
    worker.onerror = (event) => {
      stop();
      reject(new CryptoError("worker", { reason: event.message }));
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      switch (data.said) {
        case "progress":
          onProgress?.(data.progress);
          return;
        case "refused":
          reject(data.step === null ? new CryptoError(data.code, data.params) : new BidMalformed(data.code, data.step, data.params));
          break;
        case "broken":
          reject(new CryptoError("worker", { reason: data.reason }));
          break;
        case "cancelled":
        case "protected":
        case "unprotected":
        case "sealed":
        case "opened":
          resolve(data);
      }
      stop();
    };
    post(order);
  });
}
