/**
 * Whether the server is in reach, in truth (C19): what the last attempt met, not what the browser believes.
 * `navigator.onLine` is only a reason to find out. Knows no screen and draws nothing.
 */
import { signal } from "@preact/signals";
import type { FieldApp, SyncStatus } from "../ports";

/** A request that takes longer than this counts as no answer for who looks at the screen; the engine waits on. */
const PATIENCE_MS = 8_000;
/** An answer older than this is asked for again when the phone is touched. */
const STALE_MS = 8_000;
/** A tap is drawn before anything is asked (U02). */
const ASK_AFTER_MS = 300;

/** "no": the last attempt failed. "silent": one is under way and nothing comes back. */
export type Reach = "yes" | "no" | "silent";

const believed = signal(true);
const silent = signal(false);
let patience: ReturnType<typeof setTimeout> | undefined;
let answeredAt = 0;
let phase: SyncStatus["phase"] = "idle";

export function watchReach(app: FieldApp): void {
  believed.value = navigator.onLine;
  addEventListener("online", () => (believed.value = true));
  addEventListener("offline", () => {
    believed.value = false;
    app.syncNow();
  });
  const ask = (): void => {
    const { online } = app.status();
    if (phase !== "idle" || !online || !app.session() || performance.now() - answeredAt < STALE_MS) return;
    setTimeout(() => phase === "idle" && app.syncNow(), ASK_AFTER_MS);
  };
  addEventListener("pointerdown", ask, { capture: true, passive: true });
  addEventListener("keydown", ask, { capture: true, passive: true });
  noteReach(app.status());
  if (!navigator.onLine) app.syncNow();
}

/** Take in each step of the engine: from *sending* to *idle* somebody has answered. */
export function noteReach(next: SyncStatus): void {
  if (next.phase === phase) return;
  if (phase === "sending") {
    clearTimeout(patience);
    silent.value = false;
    if (next.phase === "idle") {
      answeredAt = performance.now();
      believed.value = true;
    }
  }
  if (next.phase === "sending") patience = setTimeout(() => (silent.value = true), PATIENCE_MS);
  phase = next.phase;
}

export function reachOf({ online }: SyncStatus): Reach {
  if (!online || !believed.value) return "no";
  return silent.value ? "silent" : "yes";
}
