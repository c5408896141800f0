/** A check of this device: runs the probes, holds what they need, keeps what they found. */

import { onScopeDispose, reactive, ref, shallowRef } from "vue";
import { serverNow } from "@/http/clock";
import { translate as t } from "@/i18n";
import { DeviceTrouble, keepPicks, keptPicks, listDevices, openCamera, openMicrophone, type Devices, type Picks } from "@/media/devices";
import { lookAtBrowser, lookAtMedia, lookAtNetwork, lookAtPicture } from "./probes";
import { keepResult, keptResult, overall, PARTS, type CheckResult, type Findings, type Found, type Part } from "./result";
import { meter, playTone } from "./sound";

const HEARD = 0.35;
const LISTEN_MS = 8000;

export function useCheck(room: string, person: () => string, video: () => HTMLVideoElement | null) {
  const findings = reactive<Partial<Record<Part, Found>>>({});
  const picks = reactive<Picks>(keptPicks());
  const devices = shallowRef<Devices>({ cameras: [], microphones: [], speakers: [] });
  const running = ref(false);
  const begun = ref(false);
  const level = ref(0);
  const heard = ref(false);
  const playing = ref(false);
  const picture = shallowRef<MediaStreamTrack | null>(null);
  const result = shallowRef<CheckResult | null>(null);
  let sound: MediaStreamTrack | null = null;
  let stopMeter: (() => void) | null = null;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let aborting = new AbortController();

  const restore = (): void => {
    result.value = keptResult(room, person());
  };

  function note(part: Part, what: Found): void {
    findings[part] = what;
    // The answer about the loudspeaker may be the last: a part that was not looked at is no result yet.
    if (overall(findings) !== null) result.value = keepResult(room, person(), findings, new Date(serverNow()));
  }

  const wrong = (failure: unknown, device: "camera" | "microphone"): Found => {
    const trouble = failure instanceof DeviceTrouble ? failure.trouble : "failed";
    // Without a camera one takes part by sound; without a microphone by writing.
    return { grade: trouble === "none" ? "warn" : "fail", text: () => t(`media.trouble.${trouble}`, { device: t(`media.device.${device}`) }) };
  };

  async function camera(): Promise<void> {
    picture.value?.stop();
    picture.value = null;
    try {
      picture.value = await openCamera(picks.camera);
      const shown = video();
      if (shown === null) return;
      shown.srcObject = new MediaStream([picture.value]);
      await shown.play();
      note("camera", await lookAtPicture(shown));
    } catch (failure) {
      note("camera", wrong(failure, "camera"));
    }
  }

  function quiet(): void {
    clearTimeout(patience);
    stopMeter?.();
    stopMeter = null;
    sound?.stop();
    sound = null;
    level.value = 0;
  }

  async function microphone(): Promise<void> {
    quiet();
    heard.value = false;
    delete findings.microphone;
    try {
      sound = await openMicrophone(picks.microphone);
    } catch (failure) {
      note("microphone", wrong(failure, "microphone"));
      return;
    }
    stopMeter = meter(sound, (now) => {
      level.value = now;
      if (now < HEARD || heard.value) return;
      heard.value = true;
      note("microphone", { grade: "ok", text: () => t("media.check.say.microphone_ok") });
    });
    patience = setTimeout(() => {
      if (!heard.value) note("microphone", { grade: "warn", text: () => t("media.check.say.microphone_silent") });
    }, LISTEN_MS);
  }

  async function run(): Promise<void> {
    if (running.value) return;
    running.value = true;
    begun.value = true;
    for (const part of PARTS) Reflect.deleteProperty(findings, part);
    aborting.abort();
    aborting = new AbortController();
    note("browser", lookAtBrowser());
    await camera();
    await microphone();
    devices.value = await listDevices().catch(() => devices.value);
    note("network", await lookAtNetwork());
    note("media", await lookAtMedia(room, aborting.signal));
    running.value = false;
  }

  async function tone(): Promise<void> {
    if (playing.value) return;
    playing.value = true;
    await playTone(picks.speaker).catch(() => undefined);
    playing.value = false;
  }

  function heardTone(yes: boolean): void {
    note("speaker", { grade: yes ? "ok" : "fail", text: () => t(yes ? "media.check.say.speaker_ok" : "media.check.say.speaker_fail") });
  }

  function pick(what: keyof Picks, id: string): void {
    picks[what] = id;
    keepPicks(picks);
    if (what === "camera") void camera();
    if (what === "microphone") void microphone();
  }

  function stop(): void {
    quiet();
    picture.value?.stop();
    picture.value = null;
    aborting.abort();
  }
  onScopeDispose(stop);

  return {
    findings: findings as Findings, picks, devices, running, begun, level, heard, playing, picture, result,
    run, tone, heardTone, pick, stop, restore,
  };
}
