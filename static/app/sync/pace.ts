/**
 * How much goes into one round trip: halved when the server or the line can't take it (CL4, S21),
 * doubled back when round trips are quick. Knows sizes and times only.
 */

const MOST_MUTATIONS = 200; // PU17
const MOST_ROWS = 500;
const FEWEST_ROWS = 20;
const SLOW_MS = 10_000;
const QUICK_MS = 5_000;

export class Pace {
  mutations = MOST_MUTATIONS;
  rows = MOST_ROWS;

  succeeded(tookMs: number): void {
    if (tookMs > QUICK_MS) return;
    this.mutations = Math.min(MOST_MUTATIONS, this.mutations * 2);
    this.rows = Math.min(MOST_ROWS, this.rows * 2);
  }

  /** An attempt without an answer; only a slow one says something about size. */
  failed(sent: number, tookMs: number): void {
    if (tookMs < SLOW_MS) return;
    this.refused(sent);
    this.rows = Math.max(FEWEST_ROWS, Math.floor(this.rows / 2));
  }

  /** The request was too large or unreadable with so many in it. */
  refused(sent: number): void {
    this.mutations = Math.max(1, Math.floor(Math.min(sent || this.mutations, this.mutations) / 2));
  }
}
