/** CL4: how long to wait after a failed attempt: full jitter, capped, a server's Retry-After honoured. */

const BASE_MS = 1_000;
const CAP_MS = 20_000;
const RETRY_AFTER_CAP_S = 60;
const SPREAD_MS = 1_000;

/** Return ms to wait before the next attempt; `failures` counts those in a row, from 1; `draw` is in [0, 1). */
export function backoffMs(failures: number, draw: number, retryAfterS: number | null): number {
  const jitter = Math.ceil(draw * Math.min(CAP_MS, BASE_MS * 2 ** failures));
  if (retryAfterS === null) return jitter;
  // Sixty phones told the same second should not come back in it.
  return Math.max(jitter, Math.ceil(Math.min(retryAfterS, RETRY_AFTER_CAP_S) * 1_000 + draw * SPREAD_MS));
}
