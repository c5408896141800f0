/** The clerk's keys: one letter each, never while something is being typed. */
export type DeskKey = "next" | "recall" | "enter" | "take";

const KEYS: Readonly<Record<string, DeskKey>> = { n: "next", r: "recall", e: "enter", t: "take" };

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/** What a key stands for. `typing`: the focus is in a field. */
export function deskKey(event: Pressed, typing: boolean): DeskKey | null {
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  return KEYS[event.key.toLowerCase()] ?? null;
}
