/**
 * The server's side of protocol 1 in memory: receipts, pages, backups and what the office does. What becomes of a
 * mutation is modelJudge's. Left out: grants, values' validity, and limits of days; the real server has tests of its own.
 */
import type { Resolution } from "../../domain/records";
import type { Fields, Mutation, Receipt, SyncAnswer, SyncRequest } from "../../ports";
import { ModelJudge, rejected } from "./modelJudge";
import { KEPT, type Logged, ModelRecords, type Stored } from "./modelRecords";
import { whole } from "./plainSealer";

const MOST_ROWS = 1_000;

export class ModelServer {
  epoch = "epoch-1";
  /** Ids that came again with other content or from somebody else: must stay empty. */
  readonly reused: string[] = [];
  /** Devices whose user's scope has changed (PL3). */
  readonly resets = new Set<string>();
  /** Who sees what others' mutations became. */
  readonly leads = new Set<string>();
  /** False after an upgrade: what was refused as poison can then be replayed (PU12, PU18). */
  refusesPoison = true;
  /** What phones told was opened on them, a list a request. */
  readonly opened: string[][] = [];
  #held = new ModelRecords();
  #judge = new ModelJudge(this.#held, () => this.now(), () => this.refusesPoison);
  #restores = 0;

  constructor(readonly now: () => number) {}

  get records(): Map<string, Stored> {
    return this.#held.records;
  }
  get log(): Map<string, Logged> {
    return this.#held.log;
  }
  get sequences(): Map<string, Map<number, string>> {
    return this.#held.sequences;
  }
  /** How many versions mutations have made. */
  get effects(): number {
    return [...this.records.values()].filter(({ collection }) => !KEPT.includes(collection)).reduce((sum, { version }) => sum + version, 0);
  }

  sync(device: string, user: string, request: SyncRequest): SyncAnswer {
    if (request.opened) this.opened.push(request.opened);
    const receipts = request.mutations.map((mutation) => this.#receive(device, user, whole(mutation)));
    const [epoch, seq] = request.cursor?.split(":") ?? [this.epoch, "0"];
    const elsewhere = (request.epoch !== null && request.epoch !== this.epoch) || epoch !== this.epoch;
    const reset = this.resets.delete(device) || elsewhere || Number(seq) > this.#held.seq;
    const limit = Math.min(MOST_ROWS, Math.max(1, request.limit));
    const { changes, upTo, more } = this.#held.changesFor(user, this.leads, reset ? 0 : Number(seq), limit);
    return {
      protocol: 1, epoch: this.epoch, server_time: new Date(this.now()).toISOString(), min_build: "2026.11.0", reset,
      receipts, changes, cursor: `${this.epoch}:${upTo}`, more,
    };
  }

  get(collection: string, id: string): Stored | undefined {
    return this.#held.get(collection, id);
  }

  all(collection: string): Stored[] {
    return this.#held.all(collection);
  }

  sees(user: string, record: Stored): boolean {
    return this.#held.sees(user, this.leads, record);
  }

  backup(): ModelRecords {
    return this.#held.copy();
  }

  /** PL5: go on from an earlier backup, receipts and all; without one, only the epoch is new. */
  restore(backup?: ModelRecords): void {
    if (backup) this.#held = backup.copy();
    this.#held.restoredAt = this.now();
    this.epoch = `epoch-r${++this.#restores}`;
    this.#judge = new ModelJudge(this.#held, () => this.now(), () => this.refusesPoison);
  }

  /** What was there before the phones came. */
  fill(collection: string, id: string, fields: Fields): void {
    this.#held.put(this.#held.make(collection, id, {}), fields, "office");
  }

  /** Somebody in the office writes; review too (PU10). */
  officeEdit(collection: string, id: string, fields: Fields): void {
    const record = this.get(collection, id);
    if (record && record.gone === null) this.#held.put(record, fields, "office");
  }

  /** PU11: the lead takes a late mutation in as an amendment. */
  takeIn(mutationId: string): void {
    this.#judge.takeIn(mutationId);
  }

  /** PU12: the lead has the server try again, or a conflict decided on (PU5). */
  replay(rejectionId: string): void {
    this.#judge.replay(rejectionId);
  }

  resolve(conflictId: string, resolution: Resolution): void {
    const conflict = this.get("conflicts", conflictId);
    if (conflict?.fields.state === "open") this.#judge.settleConflict(conflict, resolution);
  }

  /** PL3: a person no longer sees a shift and what hangs on it, or sees it again. */
  hide(shiftId: string, user: string, hidden: boolean): void {
    const shift = this.get("shifts", shiftId);
    if (!shift) return;
    for (const record of this.#held.family(shift)) {
      if (record.hiddenFrom.has(user) === hidden) continue;
      if (hidden) record.hiddenFrom.add(user);
      else [record.hiddenFrom, record.unknownTo].forEach((users) => users.delete(user));
      this.#held.touch(record);
      if (!hidden) this.#judge.release(record.collection, record.id);
    }
  }

  /** PL4: a shift, all below it, and all that was kept about either. */
  dispose(shiftId: string): void {
    const shift = this.get("shifts", shiftId);
    if (!shift || shift.gone === "disposed") return;
    const family = this.#held.family(shift);
    const about = new Set(family.map(({ id }) => id));
    const kept = [...this.records.values()].filter(({ collection, fields }) => KEPT.includes(collection) && about.has(String(fields.record_id)));
    for (const record of [...family, ...kept]) {
      Object.assign(record, { gone: "disposed", version: record.version + 1, history: [] });
      this.#held.touch(record);
    }
  }

  #receive(device: string, user: string, mutation: Mutation): Receipt {
    const content = JSON.stringify(mutation);
    const first = this.log.get(mutation.id);
    if (first) {
      if (first.content === content && first.user === user) return { ...first.receipt, replayed: true };
      this.reused.push(mutation.id);
      return rejected(mutation.id, "mutation_reused");
    }
    const used = this.sequences.get(device) ?? new Map<number, string>();
    used.set(mutation.device_seq, used.has(mutation.device_seq) ? "twice" : mutation.id);
    this.sequences.set(device, used);
    const receipt = this.#judge.receive({ mutation, device, user });
    this.log.set(mutation.id, { mutation, device, user, receipt, content });
    return receipt;
  }
}
