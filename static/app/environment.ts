/** Everything the client takes from outside itself, in one list; a browser by default, a virtual world in tests. */
import { version } from "../package.json";
import type { Clock, Lock, Random, Sealer, StorageUse } from "./ports";
import type { IndexedDbParts } from "./store/database";
import { browserClock, browserRandom, browserTabs, dropMapCaches, isStoragePersisted, onWakeEvents, persistStorage, storageUse, type Tabs, webLock } from "./sync/browser";

export interface Environment {
  fetch: typeof fetch;
  parts: IndexedDbParts;
  clock: Clock;
  random: Random;
  lock: Lock;
  tabs: Tabs;
  appBuild: string;
  deviceName: string;
  /** Subscribes to what may mean better coverage; returns how to stop. */
  onWakeEvents: (wake: () => void) => () => void;
  persist: () => Promise<boolean | null>;
  isPersisted: () => Promise<boolean | null>;
  sealer: Sealer;
  storageUse: () => Promise<StorageUse | null>;
  /** Minutes from local time to UTC at a moment, as Date#getTimezoneOffset. */
  zoneMinutes: (ms: number) => number;
}

export const browserEnvironment = (): Environment => ({
  fetch: (input, init) => fetch(input, init),
  parts: { indexedDB, makeRoom: dropMapCaches },
  clock: browserClock,
  random: browserRandom,
  lock: webLock,
  tabs: browserTabs(),
  appBuild: version,
  deviceName: navigator.userAgent.slice(0, 200),
  onWakeEvents,
  persist: persistStorage,
  isPersisted: isStoragePersisted,
  // A chunk of its own: the shell that logs an evening does not need it.
  sealer: { seal: async (to, message) => (await import("./sync/hpke")).hpkeSealer.seal(to, message) },
  storageUse,
  zoneMinutes: (ms) => new Date(ms).getTimezoneOffset(),
});
