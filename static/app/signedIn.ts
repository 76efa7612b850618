/**
 * One user's own store and its engine, from sign-in to sign-out (CL8), with what screens read of them. Knows no
 * other user, and no way in or out.
 */
import { project } from "./domain/projection";
import { type Instant, isoWithOffset, Timekeeper } from "./domain/timekeeper";
import type { Environment } from "./environment";
import type { Projection, QueueFile, Session, SyncStatus } from "./ports";
import { type Moved, touchesQueue } from "./store/snapshot";
import { FieldStore } from "./store/store";
import { SyncEngine } from "./sync/engine";
import type { PhoneState } from "./sync/phoneState";
import { copySealer, makeQueueFile, sealLeftovers } from "./sync/sealing";
import { quietly } from "./sync/signal";
import { statusOf } from "./sync/status";
import type { BoundTransport } from "./transport/http";

export interface Surroundings {
  env: Environment;
  transport: BoundTransport;
  instant: () => Instant;
  /** Records may look different now. */
  onRecords: () => void;
  onStatus: () => void;
}

export class SignedIn {
  session: Session;
  timekeeper: Timekeeper;
  readonly store: FieldStore;
  readonly engine: SyncEngine;
  readonly #around: Surroundings;
  readonly #seal;
  #projected: Projection | null = null;
  /** What a record's tick and a locked phone's rows depend on, beside the rows themselves. */
  #drawn: unknown[] = [];

  constructor(session: Session, around: Surroundings) {
    const { env, transport, instant } = around;
    this.session = session;
    this.#around = around;
    this.timekeeper = new Timekeeper(instant(), null);
    this.#seal = copySealer(env.sealer, () => this.session);
    this.store = new FieldStore(session.user.id, session.device_id, env.parts, () => this.engine.giveWay());
    this.engine = new SyncEngine({
      store: this.store, transport, clock: env.clock, random: env.random, lock: env.lock, seal: this.#seal, appBuild: env.appBuild,
      onStatus: () => this.#engineMoved(),
      onOffset: (offsetMs, roundTripMs) => this.#measured(offsetMs, roundTripMs),
    });
  }

  /** Read the store; what the last session left unfinished is taken up once the engine runs. */
  async load(): Promise<void> {
    await this.store.load();
    this.timekeeper = new Timekeeper(this.#around.instant(), this.store.snapshot().meta.offset_ms);
  }

  start(): void {
    const { env, transport } = this.#around;
    this.store.onChange((moved) => {
      this.redraw();
      if (moved) env.tabs.tell(moved);
    });
    transport.bind(this.session);
    this.engine.start();
    quietly(sealLeftovers(this.store, this.#seal));
  }

  /** The same user's newer session answer. */
  renew(session: Session): void {
    this.session = session;
    this.#around.transport.bind(session);
    this.redraw();
    quietly(sealLeftovers(this.store, this.#seal));
  }

  projection(): Projection {
    if (this.#projected) return this.#projected;
    const { confirmed, pending, receivedAt } = this.store.snapshot();
    this.#projected = project({
      userId: this.session.user.id, confirmed, pending, receivedAt, sending: this.engine.sending, locked: this.isLocked,
    });
    return this.#projected;
  }

  status(phone: PhoneState): SyncStatus {
    const { session, engine, isExpired } = this;
    return statusOf({ session, engine, isExpired, snapshot: this.store.snapshot(), projection: this.projection() }, phone);
  }

  async queueFile(): Promise<QueueFile> {
    const { env } = this.#around;
    const now = this.timekeeper.now(this.#around.instant());
    return makeQueueFile({
      sealer: env.sealer, session: this.session, appBuild: env.appBuild, mutations: await this.store.wholeQueue(),
      savedAt: isoWithOffset(now, env.zoneMinutes(now)),
    });
  }

  /** CL4: the session has run out; capture and own unsent records go on. */
  get isExpired(): boolean {
    return this.timekeeper.now(this.#around.instant()) > Date.parse(this.session.expires_at);
  }

  get isLocked(): boolean {
    return this.store.snapshot().meta.locked || this.isExpired;
  }

  redraw(): void {
    this.#projected = null;
    this.#around.onRecords();
  }

  /** Take in what other tabs changed; what they saved may have to be sent from here. */
  async follow(news: readonly Moved[]): Promise<void> {
    await this.store.follow(news);
    if (news.some(touchesQueue)) this.engine.wake();
  }

  /** CL8: leave nothing readable behind but what the server has not received. */
  async leave(): Promise<void> {
    this.engine.stop();
    await sealLeftovers(this.store, this.#seal);
    await this.store.forgetConfirmed();
  }

  close(): void {
    this.engine.stop();
    this.store.close();
  }

  #engineMoved(): void {
    const before = this.#drawn;
    this.#drawn = [this.engine.sending, this.isLocked];
    if (this.#drawn.every((value, at) => value === before[at])) this.#around.onStatus();
    else this.redraw();
  }

  #measured(offsetMs: number, roundTripMs: number): void {
    this.timekeeper.now(this.#around.instant());
    const before = this.store.snapshot().meta.offset_ms;
    this.timekeeper.measured(offsetMs, roundTripMs);
    if (before !== this.timekeeper.offsetMs) quietly(this.store.setMeta({ offset_ms: this.timekeeper.offsetMs }));
    // Only now, or a clock that was set ahead would make the phone forget what is still in its window (PL6).
    quietly(this.store.prune(new Date(this.timekeeper.now(this.#around.instant())).toISOString().slice(0, 10)));
  }
}
