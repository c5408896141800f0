/** Keeps one thing alive that can be lost: makes it, and makes it again with growing pauses. */

export type KeptState = "off" | "opening" | "up" | "waiting";

export interface Lasting {
  close(): void;
}

/** Makes the thing and resolves when it works. `lost` is for later. */
export type Make<T> = (lost: (why: unknown) => void, signal: AbortSignal) => Promise<T>;

export interface KeptHooks {
  /** Something changed; `error` of the last failure is in the object. */
  changed(): void;
  /** Whether trying again is useless. */
  hopeless?(error: unknown): boolean;
}

/** Milliseconds before the first, second … new attempt; the last one goes on. */
const PAUSES = [150, 400, 800, 1500, 3000, 5000] as const;
const STABLE_MS = 5000;

export class Kept<T extends Lasting> {
  state: KeptState = "off";
  error: unknown = null;
  /** The thing while it is up. */
  thing: T | null = null;
  /** How often it failed since it last worked for a while. */
  failures = 0;
  private round = 0;
  private since = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private aborting: AbortController | null = null;
  private readonly make: Make<T>;
  private readonly hooks: KeptHooks;

  constructor(make: Make<T>, hooks: KeptHooks) {
    this.make = make;
    this.hooks = hooks;
  }

  start(): void {
    if (this.state === "off") this.again();
  }

  /** Begins anew at once, whatever there was. */
  again(): void {
    this.failures = 0;
    this.drop();
    void this.attempt();
  }

  /** Begins anew at once if it was started. */
  renew(): void {
    if (this.state !== "off") this.again();
  }

  stop(): void {
    this.drop();
    this.error = null;
    this.failures = 0;
    this.set("off");
  }

  private drop(): void {
    this.round += 1;
    clearTimeout(this.timer);
    this.aborting?.abort();
    this.thing?.close();
    this.thing = null;
  }

  private async attempt(): Promise<void> {
    const mine = this.round;
    const aborting = new AbortController();
    this.aborting = aborting;
    this.set("opening");
    try {
      const thing = await this.make((why) => {
        if (mine === this.round) this.failed(why);
      }, aborting.signal);
      if (mine !== this.round) {
        thing.close();
        return;
      }
      this.thing = thing;
      this.error = null;
      this.since = Date.now();
      this.set("up");
    } catch (error) {
      if (mine === this.round) this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (this.thing !== null && Date.now() - this.since > STABLE_MS) this.failures = 0;
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] ?? 5000;
    this.failures += 1;
    this.error = error;
    this.drop();
    if (this.hooks.hopeless?.(error) === true) {
      this.set("off");
      return;
    }
    this.timer = setTimeout(() => void this.attempt(), pause);
    this.set("waiting");
  }

  private set(state: KeptState): void {
    this.state = state;
    this.hooks.changed();
  }
}
