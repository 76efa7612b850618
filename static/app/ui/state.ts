/**
 * The bridge from the app's parts to the screens: signals that change when records, status, session or
 * time do. Set once by main.tsx; screens only read it.
 */
import { signal } from "@preact/signals";
import type { Commands, FieldApp, Projection, Session, SyncStatus } from "../ports";
import type { Platform } from "../pwa/platform";
import type { Updates } from "../pwa/updates";
import { withLock } from "./locked";
import { noteReach, reachOf, watchReach, type Reach } from "./reach";

export interface Parts {
  app: FieldApp;
  updates: Updates;
  platform: Platform;
}

let parts: Parts;
let writes: Commands;
const recordsChanged = signal(0);
const statusNow = signal<SyncStatus | null>(null);
const sessionNow = signal<Session | null>(null);
const updateNow = signal<ReturnType<Updates["state"]>>("none");
/** Ticks twice a minute, for running times. */
const minute = signal(0);

const TICK_MS = 30_000;

export function connect(all: Parts): void {
  parts = all;
  const { app, updates } = all;
  writes = withLock(app.commands, () => app.projection());
  app.onProjection(() => recordsChanged.value++);
  app.onStatus(() => keepStatus(app.status()));
  app.onSession(() => (sessionNow.value = app.session()));
  updates.onState(() => (updateNow.value = updates.state()));
  keepStatus(app.status());
  sessionNow.value = app.session();
  updateNow.value = updates.state();
  watchReach(app);
  setInterval(() => minute.value++, TICK_MS);
}

/** Every screen's frame reads the status: it is drawn again when a word of it changes, not at each round trip's step. */
function keepStatus(next: SyncStatus): void {
  noteReach(next);
  const old = statusNow.peek();
  if (old && (Object.keys(next) as (keyof SyncStatus)[]).every((key) => old[key] === next[key])) return;
  statusNow.value = { ...next };
}

export const commands = (): Commands => writes;
export const app = (): FieldApp => parts.app;
export const updates = (): Updates => parts.updates;
export const platform = (): Platform => parts.platform;

export function records(): Projection {
  void recordsChanged.value;
  return parts.app.projection();
}

export const status = (): SyncStatus => statusNow.value ?? parts.app.status();
export const session = (): Session | null => sessionNow.value;
export const updateState = () => updateNow.value;
export const userId = (): string => session()?.user.id ?? "";

export const reach = (): Reach => reachOf(status());
export const isOffline = (): boolean => reach() !== "yes";

/** Corrected time now (PU15); whoever reads it is drawn again every half minute. */
export function now(): string {
  void minute.value;
  void recordsChanged.value;
  return parts.app.commands.timestamp();
}
