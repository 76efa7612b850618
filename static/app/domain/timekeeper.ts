/**
 * PU15: the time that is written down. Wall time corrected by the last known offset to the server,
 * kept steady within one page life by the monotonic clock. Reads no clock of its own.
 */

const JUMP_MS = 2_000;

export interface Instant {
  wall: number;
  monotonic: number;
}

export class Timekeeper {
  #offsetMs: number;
  #known: boolean;
  #last: Instant;

  /** `offsetMs` is device minus server as last stored, null when the server was never met. */
  constructor(start: Instant, offsetMs: number | null) {
    this.#last = start;
    this.#known = offsetMs !== null;
    this.#offsetMs = offsetMs ?? 0;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Return corrected ms since 1970. */
  now(at: Instant): number {
    const slip = at.wall - this.#last.wall - (at.monotonic - this.#last.monotonic);
    // Wall time that falls behind was set back. Wall time that runs ahead is taken as sleep, in which
    // the monotonic clock may stand still; a clock set ahead is put right at the next answer.
    if (slip < -JUMP_MS) this.#offsetMs += slip;
    this.#last = at;
    return at.wall - this.#offsetMs;
  }

  /** Take in what a round trip says; `roundTripMs` is how far off the measurement may be. */
  measured(offsetMs: number, roundTripMs: number): void {
    // Small differences are the network's, and following them would bend durations.
    if (this.#known && Math.abs(offsetMs - this.#offsetMs) <= JUMP_MS + roundTripMs) return;
    this.#known = true;
    this.#offsetMs = offsetMs;
  }
}

/** Return ISO 8601 with the phone's own offset from UTC; `zoneMinutes` as Date#getTimezoneOffset gives it. */
export function isoWithOffset(ms: number, zoneMinutes: number): string {
  const local = new Date(ms - zoneMinutes * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(zoneMinutes);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${local}${zoneMinutes > 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
