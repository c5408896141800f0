import { onScopeDispose, ref, watch, type Ref } from "vue";
import type * as halls from "@/http/halls";
import { translate } from "@/i18n";
import { chime, say, setVoice, voiceOn, voiceThere } from "@/ui/voice";
import { spelled } from "../words";
import { freshCalls, lastCalls, saidNow } from "./calls";

const ROUNDS = 2;
const AFTER_CHIME_MS = 900;
const SHOWN_MS = 12_000;

/** Says each call aloud, twice, and keeps the last ones; browsers want one press before they make a sound. */
export function useVoice(queue: Readonly<Ref<halls.HallQueue | null>>) {
  const last = ref<readonly halls.CalledTicket[]>([]);
  const fresh = ref<ReadonlySet<string>>(new Set());
  let said: ReadonlyMap<string, string> | null = null;
  let before: readonly halls.CalledTicket[] = [];
  const timers = new Set<ReturnType<typeof setTimeout>>();

  function later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  }

  watch(queue, (now) => {
    if (now === null) return;
    last.value = lastCalls(before, last.value, now.called);
    before = now.called;
    // What was called before the screen was switched on is shown and not shouted.
    const calls = said === null ? [] : freshCalls(said, now.called);
    said = saidNow(now.called);
    if (calls.length === 0) return;
    fresh.value = new Set(calls.map((call) => call.number));
    later(SHOWN_MS, () => {
      fresh.value = new Set();
    });
    if (!voiceOn.value) return;
    chime();
    later(AFTER_CHIME_MS, () => {
      for (const call of calls) {
        const sentence = translate("hall.display.spoken", { number: spelled(call.number), window: call.window_name || call.window });
        for (let round = 0; round < ROUNDS; round += 1) say(sentence);
      }
    });
  });

  function allow(): void {
    setVoice(true);
    chime();
    say(translate("hall.display.sound_on"));
  }

  onScopeDispose(() => {
    timers.forEach(clearTimeout);
  });
  return { last, fresh, voiceOn, voiceThere, allow, mute: () => { setVoice(false); } };
}
