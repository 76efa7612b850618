/**
 * What the engine needs of a browser: clocks, randomness, the lock and the channel between tabs, and
 * the events that start a round trip (CL5, CL6). No decisions here.
 */
import { uuid7 } from "../domain/uuid7";
import type { Clock, Lock, Random, StorageUse } from "../ports";
import type { Moved } from "../store/snapshot";

export const browserClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (handle) => clearTimeout(handle as number | undefined),
};

export const browserRandom: Random = {
  next: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
  uuid7: (nowMs) => uuid7(nowMs, crypto.getRandomValues(new Uint8Array(10))),
};

/** Web Locks, held by one tab at a time and freed by the system when the tab goes. */
export const webLock: Lock = {
  tryRun: (name, run) => {
    // A page without Web Locks (not a secure context) syncs unguarded: receipts are idempotent (PU3).
    if (!navigator.locks) return run().then(() => true);
    return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await run();
      return lock !== null;
    });
  },
};

/** Another tab signed in or out, or changed these rows. */
export type TabMessage = "session" | Moved;
export interface Tabs {
  tell(message: TabMessage): void;
  onMessage(listener: (message: TabMessage) => void): void;
  close(): void;
}

export function browserTabs(): Tabs {
  const channel = new BroadcastChannel("faltlogg");
  return {
    tell: (message) => channel.postMessage(message),
    onMessage: (listener) => channel.addEventListener("message", (event) => listener(event.data as TabMessage)),
    close: () => channel.close(),
  };
}

/** Call back at every event after which the line may be good again; returns how to stop. */
export function onWakeEvents(wake: () => void): () => void {
  const visible = (): void => {
    if (document.visibilityState === "visible") wake();
  };
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  addEventListener("focus", wake);
  document.addEventListener("visibilitychange", visible);
  return () => {
    removeEventListener("online", wake);
    removeEventListener("pageshow", wake);
    removeEventListener("focus", wake);
    document.removeEventListener("visibilitychange", visible);
  };
}

/** CL12: ask that the system keeps the phone's data; null where it can't be asked. */
export const persistStorage = async (): Promise<boolean | null> => (await navigator.storage?.persist?.()) ?? null;

/** What the system answered earlier; asks nobody. */
export const isStoragePersisted = async (): Promise<boolean | null> => (await navigator.storage?.persisted?.()) ?? null;

/** C05: the message that the phone is full comes within a second, whatever the caches do. */
const ROOM_WITHIN_MS = 500;

/** CL9: the map's tiles go first, they can be fetched again. Resolves to whether any went in time. */
export async function dropMapCaches(): Promise<boolean> {
  if (typeof caches === "undefined") return false;
  let gone = 0;
  const count = (went: boolean) => void (went && gone++);
  const dropped = caches.keys().then((names) => Promise.allSettled(names.filter((name) => name.startsWith("map")).map((name) => emptied(name, count))));
  await Promise.race([dropped, new Promise<void>((resolve) => browserClock.setTimeout(resolve, ROOM_WITHIN_MS))]);
  return gone > 0;
}

/** A cache that is thrown away keeps its room while a page holds on to it: what is in it goes first, as far as it goes. */
async function emptied(name: string, count: (went: boolean) => void): Promise<void> {
  try {
    const cache = await caches.open(name);
    await Promise.allSettled((await cache.keys()).map((one) => cache.delete(one).then(count)));
  } finally {
    count(await caches.delete(name));
  }
}

/** What this site's data takes and may take, as far as the system tells. */
export async function storageUse(): Promise<StorageUse | null> {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  return usage === undefined || quota === undefined ? null : { usedBytes: usage, quotaBytes: quota };
}
