/**
 * Moves the queue up and the changes down until both ends agree (sync-spec.md, "Client"). Built from
 * its surroundings, so that a test can drop, delay, duplicate and reorder everything with a seed.
 * Knows no browser, no screen and no collection.
 */
import { StoreOutdated } from "../domain/errors";
import type { Clock, Lock, Mutation, Random, SyncAnswer, SyncOutcome, SyncRequest, SyncStatus, Transport } from "../ports";
import type { Batch } from "../store/queue";
import type { FieldStore } from "../store/store";
import { backoffMs } from "./backoff";
import { Pace } from "./pace";
import type { SealCopies } from "./sealing";

const TICK_MS = 60_000; // CL5
/** S18: a tab that syncs may be closed in the middle of a request, and tells nobody; a reload meets its own old page. */
const OTHER_TAB_MS = 1_000;
const MOST_BYTES = 1_000_000; // PU17: under 1 MiB with room for the envelope

export interface EngineParts {
  store: Pick<FieldStore, "name" | "batch" | "apply" | "refuse" | "setMeta">;
  transport: Transport;
  clock: Clock;
  random: Pick<Random, "next">;
  lock: Lock;
  seal: SealCopies;
  appBuild: string;
  onStatus: () => void;
  /** What a round trip says about the phone's clock (PU15). */
  onOffset: (offsetMs: number, roundTripMs: number) => void;
}

/** What one attempt asks for: go on at once, stop for now, or wait so many ms. */
type Next = "again" | "done" | number;

export class SyncEngine {
  phase: SyncStatus["phase"] = "idle";
  online = true;
  sending: ReadonlySet<string> = new Set();

  readonly #parts: EngineParts;
  readonly #pace = new Pace();
  #running = false;
  #again = false;
  #stopped = false;
  #failures = 0;
  /** Monotonic time before which nothing is sent; `strict` when the server asked for it. */
  #notBefore = { at: 0, strict: false };
  #timer: unknown = null;
  /** CL4: a single mutation the server couldn't read; condemned only if an empty request goes through. */
  #suspect: string | null = null;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  start(): void {
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.clock.clearTimeout(this.#timer);
  }

  /** After a sign-in: forget the waits that belonged to the old session. */
  resume(): void {
    this.#notBefore = { at: 0, strict: false };
    this.#failures = 0;
    this.#setPhase("idle");
    this.wake();
  }

  /** C07: a newer build has taken the database over; say so now, and look again later. */
  giveWay(): void {
    this.#arm(this.#halt("upgrade"));
  }

  /** Ask for a round trip. Waits are kept, unless the user asks and the server did not set them. */
  wake(byUser = false): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    if (byUser && !this.#notBefore.strict) this.#notBefore.at = 0;
    const wait = this.#notBefore.at - this.#parts.clock.monotonic();
    // A timer may fire a fraction of a millisecond early.
    if (wait >= 1) this.#arm(wait);
    else void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#again = false;
    let wait = TICK_MS;
    try {
      // CL6: one tab syncs; the other looks again soon, or when told.
      const isMine = await this.#parts.lock.tryRun(`sync:${this.#parts.store.name}`, async () => {
        wait = await this.#roundTrips();
      });
      if (!isMine) wait = OTHER_TAB_MS;
    } catch (error) {
      // The store failed underneath (CL9 has already retried); the queue is whole, so try again. One that
      // a newer build has taken over needs that build (C07).
      wait = error instanceof StoreOutdated ? this.#halt("upgrade") : this.#backOff(null);
    }
    this.#running = false;
    this.#send([]);
    if (this.#stopped) return;
    if (this.#again && this.#notBefore.at - this.#parts.clock.monotonic() < 1) this.wake();
    else this.#arm(wait);
  }

  /** Go on until everything is up and down; returns ms until the next look. */
  async #roundTrips(): Promise<number> {
    for (let csrfTried = false; !this.#stopped;) {
      this.#again = false;
      const batch = await this.#parts.store.batch(this.#suspect ? 0 : this.#pace.mutations, MOST_BYTES);
      const request = this.#request(batch);
      if (this.phase === "idle" || this.phase === "waiting") this.#setPhase("sending");
      this.#send(request.mutations.map((mutation) => mutation.id));
      const began = { wall: this.#parts.clock.now(), monotonic: this.#parts.clock.monotonic() };
      // PL5: copies are made while the request is under way; the line is the slower of the two.
      const copies = this.#parts.seal(request.mutations.filter((one): one is Mutation => "fields" in one));
      const outcome = await this.#parts.transport.sync(request);
      if (this.#stopped) return TICK_MS;
      const tookMs = this.#parts.clock.monotonic() - began.monotonic;
      if (outcome.kind === "csrf" && !csrfTried) {
        csrfTried = true;
        const next = await this.#renewSession();
        if (next === "again") continue;
        return next;
      }
      const next = outcome.kind === "answer"
        ? await this.#take(request, batch, outcome.answer, await copies, began.wall, tookMs)
        : await this.#fail(request, outcome, tookMs);
      if (next === "done" && !this.#again) return TICK_MS;
      if (typeof next === "number") return next;
    }
    return TICK_MS;
  }

  #request(batch: Batch): SyncRequest {
    return {
      protocol: 1, app_build: this.#parts.appBuild, epoch: batch.epoch, cursor: batch.cursor, limit: this.#pace.rows,
      sent_at: new Date(this.#parts.clock.now()).toISOString(), queue: batch.queue,
      mutations: this.#suspect ? [] : batch.mutations, ...(batch.opened.length > 0 && { opened: batch.opened }),
    };
  }

  async #take(
    request: SyncRequest, batch: Batch, answer: SyncAnswer, copies: ReadonlyMap<string, string>, sentWall: number, tookMs: number,
  ): Promise<Next> {
    if (this.#stopped) return "done";
    await this.#parts.store.apply({ request, answer, copies });
    this.#parts.onOffset(sentWall + tookMs / 2 - Date.parse(answer.server_time), tookMs);
    this.online = true;
    this.#failures = 0;
    this.#notBefore = { at: 0, strict: false };
    this.#pace.succeeded(tookMs);
    const suspect = this.#suspect;
    this.#suspect = null;
    if (suspect) await this.#parts.store.refuse(suspect);
    this.#setPhase("idle");
    const received = new Set(answer.receipts.map((receipt) => receipt.mutation_id));
    const unanswered = request.mutations.filter((mutation) => !received.has(mutation.id)).length;
    // An answer without receipts for what was sent brings nothing forward: wait before asking again.
    if (request.mutations.length > 0 && unanswered === request.mutations.length) return this.#backOff(null);
    const left = batch.waiting - (request.mutations.length - unanswered);
    const moved = answer.cursor !== request.cursor || answer.epoch !== request.epoch;
    if (answer.more && !moved) return this.#backOff(null);
    // PL5: what has just become due to be offered again is not in this batch's count.
    return left > 0 || answer.more || answer.epoch !== (request.epoch ?? answer.epoch) ? "again" : "done";
  }

  async #fail(request: SyncRequest, outcome: Exclude<SyncOutcome, { kind: "answer" }>, tookMs: number): Promise<Next> {
    const sent = request.mutations.length;
    switch (outcome.kind) {
      case "retry":
        this.online = outcome.reason === "server";
        this.#pace.failed(sent, tookMs);
        return this.#backOff(outcome.retryAfterS);
      case "too_large":
      case "malformed":
        this.online = true;
        if (sent === 0) {
          // Not the mutation's fault, then: nobody is condemned.
          this.#suspect = null;
          return this.#backOff(null);
        }
        if (sent === 1) this.#suspect = request.mutations[0]!.id;
        else this.#pace.refused(sent);
        return "again";
      case "sign_in":
        return this.#halt("signed_out");
      case "locked":
        await this.#parts.store.setMeta({ locked: true });
        return this.#halt("locked");
      case "upgrade":
        return this.#halt("upgrade");
      case "csrf":
        return this.#backOff(null);
    }
  }

  /** CL4: 403 csrf_failed. The transport refuses a session that is not this user's on this device (CL8). */
  async #renewSession(): Promise<"again" | number> {
    const outcome = await this.#parts.transport.session();
    if (outcome.kind === "session") return "again";
    if (outcome.kind === "bad_credentials" || outcome.kind === "refused") return this.#halt("signed_out");
    return this.#backOff(outcome.kind === "wait" ? outcome.retryAfterS : null);
  }

  /** Something only a person can change; the queue is kept, and a look at every tick sees the change. */
  #halt(phase: SyncStatus["phase"]): number {
    this.online = true;
    this.#setPhase(phase);
    this.#notBefore = { at: this.#parts.clock.monotonic() + TICK_MS / 2, strict: false };
    return TICK_MS / 2;
  }

  #backOff(retryAfterS: number | null): number {
    this.#failures++;
    const wait = backoffMs(Math.min(this.#failures, 16), this.#parts.random.next(), retryAfterS);
    this.#notBefore = { at: this.#parts.clock.monotonic() + wait, strict: retryAfterS !== null };
    if (this.phase === "sending" || this.phase === "idle") this.#setPhase("waiting");
    else this.#parts.onStatus();
    return wait;
  }

  #arm(ms: number): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = this.#parts.clock.setTimeout(() => this.wake(), Math.max(0, ms));
  }

  #send(ids: readonly string[]): void {
    if (ids.length === 0 && this.sending.size === 0) return;
    this.sending = new Set(ids);
    this.#parts.onStatus();
  }

  #setPhase(phase: SyncStatus["phase"]): void {
    this.phase = phase;
    this.#parts.onStatus();
  }
}
