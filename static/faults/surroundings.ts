/**
 * What a browser gives the client, given by Node: a database of the phone's own, tabs that share it, cookies, and a
 * clock that may run faster than ours. Must be imported before anything that looks for a browser.
 */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { browserEnvironment, type Environment } from "../app/environment";
import type { Clock, Lock } from "../app/ports";
import type { Tabs } from "../app/sync/browser";

// Node 20 has no navigator; the client only reads its name.
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Demomobil" }, configurable: true });

/** Seeded numbers (a 32-bit linear congruence and a mix): what a phone does is the same for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    for (let warm = 0; warm < 4; warm++) this.next();
  }
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    const mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x45d9f3b) >>> 0;
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** Time on the phones: `rate` seconds pass there in one of ours, so that backing off for twenty takes less of a test. */
export function quickClock(rate: number): Clock {
  const began = { wall: Date.now(), monotonic: performance.now() };
  const monotonic = (): number => (performance.now() - began.monotonic) * rate;
  return {
    now: () => began.wall + monotonic(),
    monotonic,
    setTimeout: (run, ms) => setTimeout(run, ms / rate),
    clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  };
}

/** One line to the server with its cookie, and how many requests are on it. */
export class Browser {
  inFlight = 0;
  /** Round trips answered by the protocol itself, each with when it began. */
  lastAnswered = 0;
  /** The last statuses that came back, 0 for none. */
  told: number[] = [];
  #cookie = "";

  constructor(readonly base: string, readonly clock: Clock) {}

  readonly fetch: typeof fetch = async (input, init) => {
    const began = this.clock.monotonic();
    this.inFlight++;
    try {
      const headers = { ...(init?.headers as Record<string, string>), Origin: this.base, ...(this.#cookie ? { Cookie: this.#cookie } : {}) };
      const response = await fetch(this.base + String(input), { ...init, headers });
      for (const line of response.headers.getSetCookie()) this.#cookie = line.split(";")[0]!;
      // Read here, so that a cut body counts as under way until it is known to be cut.
      const body = await response.arrayBuffer();
      if (response.status === 200 && response.headers.get("Content-Type")?.includes("json")) this.lastAnswered = began;
      this.#note(response.status);
      const isEmpty = body.byteLength === 0 || response.status === 204;
      return new Response(isEmpty ? null : body, { status: response.status, headers: response.headers });
    } catch (error) {
      this.#note(0);
      throw error;
    } finally {
      this.inFlight--;
    }
  };

  #note(status: number): void {
    this.told = [...this.told.slice(-7), status];
  }
}

/** What the tabs of one phone share: its database, one lock at a time, one channel. */
export class Device {
  readonly #held = new Map<string, object>();
  readonly #listeners = new Map<object, Parameters<Tabs["onMessage"]>[0]>();
  readonly #database = new IDBFactory();

  constructor(readonly browser: Browser) {}

  readonly #lock: Lock = {
    tryRun: async (name, run) => {
      if (this.#held.has(name)) return false;
      const holder = {};
      this.#held.set(name, holder);
      try {
        await run();
      } finally {
        if (this.#held.get(name) === holder) this.#held.delete(name);
      }
      return true;
    },
  };

  /** Pages that are gone hold nothing, as the system sees to. */
  release(): void {
    this.#held.clear();
  }

  /** A tab's surroundings: the browser's own, but for what Node has no part of. */
  tab(): Environment {
    const self = {};
    const own = browserEnvironment();
    own.tabs.close();
    return {
      ...own,
      fetch: this.browser.fetch,
      parts: { ...own.parts, indexedDB: this.#database },
      clock: this.browser.clock,
      lock: this.#lock,
      tabs: {
        tell: (message) => {
          for (const [tab, listener] of [...this.#listeners]) if (tab !== self) queueMicrotask(() => listener(message));
        },
        onMessage: (listener) => void this.#listeners.set(self, listener),
        close: () => void this.#listeners.delete(self),
      },
      onWakeEvents: () => () => undefined,
    };
  }
}
