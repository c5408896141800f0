/** The voice of the room: speech synthesis for announcements, a short tone when time runs out. */

import { ref } from "vue";
import { language } from "@/i18n";

const STORED = "yunkai.voice";

function remembered(): boolean | null {
  try {
    const kept = localStorage.getItem(STORED);
    return kept === null ? null : kept === "on";
  } catch {
    return null; // storage can be forbidden; the choice then lasts as long as the page
  }
}

export const voiceOn = ref(remembered() ?? false);
export const voiceThere = "speechSynthesis" in globalThis;

export function setVoice(on: boolean): void {
  voiceOn.value = on;
  if (!on) hush();
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // see remembered()
  }
}

/** The person never chose: the host's device announces, the others stay quiet. */
export function voiceByRole(host: boolean): void {
  if (remembered() === null) voiceOn.value = host;
}

export function hush(): void {
  if (voiceThere) speechSynthesis.cancel();
}

/** Reads a sentence aloud after those before it, if the voice is on. */
export function say(text: string): void {
  if (!voiceThere || !voiceOn.value) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language() === "zh" ? "zh-CN" : "en-GB";
  utterance.rate = 0.95;
  const voice = speechSynthesis.getVoices().find((each) => each.lang.startsWith(utterance.lang.slice(0, 2)));
  if (voice !== undefined) utterance.voice = voice;
  speechSynthesis.speak(utterance);
}

let audio: AudioContext | null = null;

/** Two soft tones. A browser that forbids sound before the first touch stays silent. */
export function chime(): void {
  try {
    audio ??= new AudioContext();
    const start = audio.currentTime + 0.02;
    for (const [at, pitch] of [[0, 660], [0.28, 880]] as const) {
      const tone = audio.createOscillator();
      const level = audio.createGain();
      tone.frequency.value = pitch;
      level.gain.setValueAtTime(0, start + at);
      level.gain.linearRampToValueAtTime(0.16, start + at + 0.03);
      level.gain.exponentialRampToValueAtTime(0.001, start + at + 0.5);
      tone.connect(level).connect(audio.destination);
      tone.start(start + at);
      tone.stop(start + at + 0.55);
    }
  } catch {
    // no sound on this device
  }
}
