/** A phone in a test: one embedded database, one or two tabs of the real client, a clock of its own. */
import { IDBFactory } from "fake-indexeddb";
import { createApp, type RunningApp } from "../../createApp";
import type { StorageUse } from "../../ports";
import { plainSealer } from "./plainSealer";
import type { Network } from "./network";
import { PhoneClock, SeededRandom, settle, TabGroup, type World } from "./virtualClock";

export class Phone {
  readonly parts = { indexedDB: new IDBFactory() };
  readonly clock: PhoneClock;
  readonly random: SeededRandom;
  readonly tabs: RunningApp[] = [];
  /** What the system says of the phone's storage before anybody asks for more. */
  isPersisted: boolean | null = null;
  isOffline = false;
  storage: StorageUse | null = { usedBytes: 1_000_000, quotaBytes: 1_000_000_000 };
  readonly #group = new TabGroup();
  readonly fetch: typeof fetch;

  constructor(readonly world: World, network: Network, seed: number) {
    this.clock = new PhoneClock(world);
    this.random = new SeededRandom(seed);
    this.fetch = network.browser(() => this.isOffline);
  }

  get app(): RunningApp {
    return this.tabs[0]!;
  }

  /** Open one more tab and let it read the phone. */
  async open(): Promise<RunningApp> {
    const app = createApp({
      fetch: this.fetch, parts: this.parts, clock: this.clock, random: this.random, lock: this.#group.lock,
      tabs: this.#group.tabs(), appBuild: "2026.11.1", deviceName: "Demo", onWakeEvents: () => () => undefined,
      persist: () => Promise.resolve(true), isPersisted: () => Promise.resolve(this.isPersisted), sealer: plainSealer, storageUse: () => Promise.resolve(this.storage), zoneMinutes: () => -60,
    });
    this.tabs.push(app);
    await app.ready();
    await settle();
    return app;
  }

  async signIn(email: string): Promise<void> {
    const done = this.app.signIn(email, "demo");
    await this.world.advance(200);
    await done;
    await this.world.advance(500);
  }

  /** The system kills every tab; the database stays. */
  async restart(tabs = 1): Promise<void> {
    for (const tab of this.tabs.splice(0)) tab.close();
    this.#group.release();
    await settle();
    for (let count = 0; count < tabs; count++) await this.open();
  }
}
