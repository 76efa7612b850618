/** Time and chance under a test's control: nothing here waits for a real clock, every run repeats from its seed. */
import { uuid7 } from "../../domain/uuid7";
import type { Clock, Lock, Random } from "../../ports";
import type { TabMessage, Tabs } from "../browser";

interface Timer {
  at: number;
  order: number;
  run: () => void;
}
declare const process: { getActiveResourcesInfo(): string[] };
declare const setImmediate: (run: () => void) => unknown;

/** Let all work of the embedded database finish; it runs on immediates, and nothing else does. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    quiet = process.getActiveResourcesInfo().includes("Immediate") ? 0 : quiet + 1;
  }
}

/** World time. Each phone sees it through a clock of its own, which may be wrong and may jump. */
export class World {
  time = Date.parse("2026-11-23T17:00:00Z");
  #timers = new Map<number, Timer>();
  #order = 0;

  after(ms: number, run: () => void): number {
    const order = ++this.#order;
    this.#timers.set(order, { at: this.time + Math.max(0, ms), order, run });
    return order;
  }

  cancel(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  /** Move on by so many ms, running what falls due in its order and letting each piece of work finish. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      let next: Timer | null = null;
      for (const timer of this.#timers.values()) {
        if (timer.at <= end && (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order))) next = timer;
      }
      if (!next) break;
      this.#timers.delete(next.order);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settle();
    }
    this.time = end;
  }
}

export class PhoneClock implements Clock {
  /** Wall time minus world time. */
  wrongByMs = 0;
  #born: number;

  constructor(readonly world: World) {
    this.#born = world.time;
  }
  now(): number {
    return this.world.time + this.wrongByMs;
  }
  monotonic(): number {
    return this.world.time - this.#born + 1;
  }
  setTimeout(run: () => void, ms: number): unknown {
    return this.world.after(ms, run);
  }
  clearTimeout(handle: unknown): void {
    this.world.cancel(handle);
  }
}

/** Mulberry32: small, seeded, good enough to choose faults with. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
  uuid7(nowMs: number): string {
    return uuid7(nowMs, Uint8Array.from({ length: 10 }, () => this.below(256)));
  }
}

/** What tabs of one phone share: one lock and one channel. */
export class TabGroup {
  readonly #held = new Set<string>();
  readonly #listeners = new Map<object, (message: TabMessage) => void>();

  readonly lock: Lock = {
    tryRun: async (name, run) => {
      if (this.#held.has(name)) return false;
      this.#held.add(name);
      try {
        await run();
        return true;
      } finally {
        this.#held.delete(name);
      }
    },
  };

  tabs(): Tabs {
    const self = {};
    return {
      tell: (message) => {
        for (const [tab, listener] of [...this.#listeners]) if (tab !== self) queueMicrotask(() => listener(message));
      },
      onMessage: (listener) => void this.#listeners.set(self, listener),
      close: () => void this.#listeners.delete(self),
    };
  }

  /** A killed tab lets go of everything, as the system sees to. */
  release(): void {
    this.#held.clear();
  }
}
