/**
 * *Påminn mig*: a time at which this phone, and nobody else, says that it is time to check in with each other. No
 * alarm leaves the phone. Kept as a draft of who is signed in, so that it outlives a restart.
 */
import { signal } from "@preact/signals";
import { commands } from "./state";

const DRAFT = "reminder";
/** Later than this it says nothing any more: the pass has long ended. */
const STALE_MS = 4 * 3_600_000;

export const remindAt = signal<string | null>(null);

/** Reads what was set before the app was closed; another user of the phone has another. */
export async function restoreReminder(): Promise<void> {
  const draft = await commands().readDraft(DRAFT).catch(() => undefined);
  remindAt.value = typeof draft?.value === "string" ? draft.value : null;
}

export function remind(at: string): void {
  remindAt.value = at;
  void commands().saveDraft(DRAFT, at).catch(() => undefined);
}

export function forgetReminder(): void {
  remindAt.value = null;
  void commands().dropDraft(DRAFT).catch(() => undefined);
}

let buzzedFor: string | null = null;

/** Once for each time that was set: another screen shows the same reminder. */
export function buzz(): void {
  if (buzzedFor === remindAt.value) return;
  buzzedFor = remindAt.value;
  if ("vibrate" in navigator) navigator.vibrate([300, 150, 300]);
}

/** Its time has come, and is not long past. */
export function isDue(now: string): boolean {
  const late = remindAt.value === null ? -1 : Date.parse(now) - Date.parse(remindAt.value);
  return late >= 0 && late < STALE_MS;
}
