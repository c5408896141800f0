import { passphraseOpen, passphraseSeal } from "@/crypto/age";
import { BidMalformed, CryptoError } from "@/crypto/errors";
import { checkOpenedBid } from "@/crypto/open";
import { sealBid } from "@/crypto/seal";
import { bestSink, sweepStored } from "@/crypto/sinks";
import type { Answer, Order } from "@/crypto/worker";

// One worker does one order; the page ends it after the answer.
const cancelled = new AbortController();

/** Progress goes out at most this often, so that the page isn't busy with painting it. */
const INTERVAL = 100;

onmessage = ({ data }: MessageEvent<Order>) => {
  if (data.do === "cancel") cancelled.abort();
  else void obey(data);
};

async function obey(order: Exclude<Order, { do: "cancel" }>): Promise<void> {
  try {
    say(await work(order));
  } catch (error) {
    if (cancelled.signal.aborted) say({ said: "cancelled" });
    else if (error instanceof CryptoError) {
      say({ said: "refused", code: error.code, params: error.params, step: error instanceof BidMalformed ? error.step : null });
    } else say({ said: "broken", reason: String(error) });
  }
}

async function work(order: Exclude<Order, { do: "cancel" }>): Promise<Answer> {
  const { signal } = cancelled;
  switch (order.do) {
    case "seal": {
      await sweepStored(Date.now());
      let last = 0;
      const onProgress: Parameters<typeof sealBid>[1] = {
        signal,
        sink: bestSink,
        onProgress: (progress) => {
          const now = performance.now();
          if (now - last < INTERVAL && progress.stage !== "finishing") return;
          last = now;
          say({ said: "progress", progress });
        },
      };
      return { said: "sealed", bid: await sealBid(order.input, onProgress) };
    }
    case "protect":
      return { said: "protected", file: await passphraseSeal(order.text, order.passphrase) };
    case "unprotect":
      return { said: "unprotected", text: await passphraseOpen(order.file, order.passphrase) };
    case "open": {
      let done = 0;
      const total = order.input.age.size;
      const onBytes = (added: number): void => {
        done += added;
        say({ said: "progress", progress: { stage: "hashing", done, total } });
      };
      return { said: "opened", bid: await checkOpenedBid({ ...order.input, signal, onBytes }) };
    }
  }
}

function say(answer: Answer): void {
  postMessage(answer);
}
