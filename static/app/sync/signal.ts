/** Telling others that something happened, at once or once for many times. */
import type { Clock } from "../ports";

/** Something to listen to; a listener that leaves while it is told does no harm. */
export class Signal {
  readonly #listeners = new Set<() => void>();

  readonly on = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  fire(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Return a call that runs so many ms later, once for everything it was called with until then. */
export function gathered<T>(clock: Clock, ms: number, run: (all: T[]) => void): (one: T) => void {
  let waiting: T[] = [];
  return (one) => {
    waiting.push(one);
    if (waiting.length > 1) return;
    clock.setTimeout(() => {
      const all = waiting;
      waiting = [];
      run(all);
    }, ms);
  };
}

/** For what the next round trip or the next event does again. */
export const quietly = (work: Promise<unknown>): void => void work.catch(() => undefined);
