/** What becomes of one mutation on the model server: PU2, PU5–PU12 and PL5, as sync-spec.md words them. */
import type { Resolution } from "../../domain/records";
import type { Fields, Mutation, Receipt } from "../../ports";
import { KEPT, type ModelRecords, PARENT, type Sent, type Stored } from "./modelRecords";
import { changedByOthers, merge } from "./modelRules";

const OPEN = ["open", "handed_over"];
const AFTER_RESTORE_MS = 30 * 24 * 3_600_000;

export class ModelJudge {
  readonly #held: ModelRecords;
  readonly #now: () => number;
  readonly #refusesPoison: () => boolean;
  /** PU11: the lead's own action goes through the lock. */
  #unlocked = false;
  /** What is being judged again, which its own effect must not call up once more. */
  readonly #underWay = new Set<string>();

  constructor(held: ModelRecords, now: () => number, refusesPoison: () => boolean) {
    this.#held = held;
    this.#now = now;
    this.#refusesPoison = refusesPoison;
  }

  /** Judge a mutation that came for the first time and keep what had no effect (PU6). */
  receive(sent: Sent): Receipt {
    const receipt = this.#judge(sent);
    if (receipt.status === "rejected") this.#reject(sent, receipt);
    return receipt;
  }

  takeIn(mutationId: string): void {
    const late = this.#held.get("late", keptId("late", mutationId));
    if (late?.fields.state !== "waiting" || late.gone) return;
    this.#unlocked = true;
    this.#again(late);
    this.#unlocked = false;
  }

  replay(rejectionId: string): void {
    const rejection = this.#held.get("rejections", rejectionId);
    const first = rejection && this.#held.log.get(String(rejection.fields.mutation_id));
    if (!rejection || rejection.gone || !first || !OPEN.includes(String(rejection.fields.state)) || KEPT.includes(first.mutation.collection)) return;
    if (this.#judge(first).status === "rejected") return;
    this.#held.put(rejection, { state: "replayed" }, "office");
    this.#takeAlong(first.mutation);
  }

  /** PU9: what waited for this record is applied with it. */
  release(collection: string, id: string): void {
    for (const row of this.#waitingFor(collection, id)) this.#again(row);
  }

  settleConflict(conflict: Stored, resolution: Resolution): void {
    const about = this.#held.get(String(conflict.fields.collection), String(conflict.fields.record_id));
    const sent = conflict.fields.sent as Fields;
    const chosen = Object.entries(resolution).filter(([, { choice }]) => choice !== "server")
      .map(([name, { choice, value }]) => [name, choice === "sent" ? sent[name] : value] as const).filter(([name]) => name !== "deleted");
    // PU5: for every device a resolution is the other side.
    if (about && !about.gone && chosen.length > 0) this.#held.put(about, Object.fromEntries(chosen), "resolution");
    this.#held.put(conflict, { state: "resolved", resolution }, "resolution");
  }

  #judge(sent: Sent): Receipt {
    const { mutation } = sent;
    const { id, collection, op, fields, replaces } = mutation;
    if (collection === "rejections") return this.#decide(sent);
    if (collection === "conflicts") return this.#resolve(sent);
    if (collection !== "shifts" && !(collection in PARENT)) return rejected(id, "not_understood");
    const replaced = replaces === null ? undefined : this.#held.get("rejections", replaces);
    if (replaces !== null && replaced?.fields.record_id !== mutation.record_id) return rejected(id, "not_found");
    if (replaced && !OPEN.includes(String(replaced.fields.state))) return rejected(id, "already_resolved");
    if (fields.poison === true && this.#refusesPoison()) return rejected(id, "invalid");
    const receipt = op === "create" ? this.#create(sent) : op === "update" ? this.#update(sent) : this.#delete(sent);
    if (replaced && receipt.status !== "rejected") {
      this.#held.put(replaced, { state: "corrected" }, "-");
      this.#takeAlong(mutation);
    }
    return receipt;
  }

  #create(sent: Sent): Receipt {
    const { id, collection, record_id, fields } = sent.mutation;
    const known = this.#held.get(collection, record_id);
    if (known) return rejected(id, known.hiddenFrom.has(sent.user) ? "not_found" : "record_exists");
    const above = PARENT[collection];
    const parent = this.#held.parentOf({ collection, fields });
    if (above && (!parent || parent.hiddenFrom.has(sent.user))) {
      return this.#isRefused(above[0], fields[above[1]]) ? rejected(id, "parent_missing") : this.#wait("held", sent);
    }
    if (parent?.gone) return rejected(id, "parent_deleted");
    if (parent && this.#isLocked(parent)) return this.#wait("late", sent);
    const made = this.#held.make(collection, record_id, { created_by: sent.user }, parent);
    this.#held.put(made, fields, sent.device, fields);
    this.release(collection, record_id);
    return receiptOf(id, "applied", made.version);
  }

  #update(sent: Sent): Receipt {
    const { id, fields, base_version } = sent.mutation;
    const record = this.#own(sent);
    if (!record) return this.#unknown(sent);
    if (record.gone) return this.#conflict(sent, record, { deleted: true }, fields);
    if (fields.status === "approved" || fields.status === "returned") return rejected(id, "not_allowed");
    if (this.#isLocked(record)) return this.#wait("late", sent);
    const { applied, conflicting, met } = merge(record.fields, fields, record.history, Math.min(base_version, record.version), sent.device);
    if (Object.keys(applied).length > 0) this.#held.put(record, applied, sent.device, fields);
    if (Object.keys(conflicting).length === 0) return receiptOf(id, met ? "merged" : "applied", record.version);
    const server = Object.fromEntries(Object.keys(conflicting).map((name) => [name, record.fields[name] ?? null]));
    return this.#conflict(sent, record, server, conflicting);
  }

  #delete(sent: Sent): Receipt {
    const { id, base_version } = sent.mutation;
    const record = this.#own(sent);
    if (!record) return this.#unknown(sent);
    if (record.gone) return receiptOf(id, "applied", record.version);
    if (this.#isLocked(record)) return this.#wait("late", sent);
    if (this.#held.childrenOf(record).some((child) => !child.gone)) return rejected(id, "has_children");
    if (record.collection === "shifts" && record.fields.status === "submitted") return rejected(id, "not_allowed");
    if (changedByOthers(record.history, Math.min(base_version, record.version), sent.device).size > 0) {
      return this.#conflict(sent, record, record.fields, { deleted: true });
    }
    record.gone = "deleted";
    this.#held.put(record, {}, sent.device);
    return receiptOf(id, "applied", record.version);
  }

  /** PU12: the author hands over, discards, and takes back. */
  #decide({ mutation, user }: Sent): Receipt {
    const rejection = this.#held.get("rejections", mutation.record_id);
    if (!rejection || rejection.fields.author_id !== user || rejection.gone) return rejected(mutation.id, "not_found");
    if (["replayed", "corrected"].includes(String(rejection.fields.state))) return rejected(mutation.id, "already_resolved");
    this.#held.put(rejection, { state: mutation.fields.state }, "-");
    return receiptOf(mutation.id, "applied", rejection.version);
  }

  #resolve({ mutation }: Sent): Receipt {
    const conflict = this.#held.get("conflicts", mutation.record_id);
    if (!conflict || conflict.gone) return rejected(mutation.id, "not_found");
    if (conflict.fields.state === "resolved") return rejected(mutation.id, "already_resolved");
    this.settleConflict(conflict, mutation.fields.resolution as Resolution);
    return receiptOf(mutation.id, "applied", conflict.version);
  }

  #own({ mutation, user }: Sent): Stored | undefined {
    const record = this.#held.get(mutation.collection, mutation.record_id);
    return record?.hiddenFrom.has(user) ? undefined : record;
  }

  /** PU9, PL5: after a restore the record may still be on its way back. */
  #unknown(sent: Sent): Receipt {
    const { id, collection, record_id } = sent.mutation;
    const { restoredAt } = this.#held;
    const mayReturn = restoredAt !== null && this.#now() - restoredAt < AFTER_RESTORE_MS && !this.#held.get(collection, record_id);
    return mayReturn && !this.#isRefused(collection, record_id) ? this.#wait("held", sent) : rejected(id, "not_found");
  }

  #isLocked(record: Stored): boolean {
    return !this.#unlocked && this.#held.shiftOf(record)?.fields.status === "approved";
  }

  #isRefused(collection: string, id: unknown): boolean {
    return this.#held.all("rejections").some(({ fields }) => (
      fields.collection === collection && fields.record_id === id && fields.op === "create" && fields.state !== "replayed" && fields.state !== "corrected"
    ));
  }

  #wait(where: "held" | "late", sent: Sent): Receipt {
    const kept = this.#held.get(where, keptId(where, sent.mutation.id));
    if (kept?.fields.state !== "waiting") this.#keep(where, sent, { state: "waiting", since: new Date(this.#now()).toISOString() });
    return receiptOf(sent.mutation.id, where, null);
  }

  #conflict(sent: Sent, record: Stored, server: Fields, kept: Fields): Receipt {
    const row = this.#keep("conflicts", sent, {
      server, sent: kept, state: "open", resolution: null, made_at: sent.mutation.made_at, server_by: null, server_at: new Date(this.#now()).toISOString(),
    });
    return { ...receiptOf(sent.mutation.id, "conflict", record.version), conflict_id: row.id };
  }

  #reject(sent: Sent, { error }: Receipt): void {
    this.#keep("rejections", sent, { slug: error!.slug, message: error!.slug, state: "open", reason: "" });
    if (sent.mutation.op !== "create") return;
    // PU9: what waited for this one learns that it was refused.
    for (const row of this.#waitingFor(sent.mutation.collection, sent.mutation.record_id)) this.#again(row);
  }

  /** A row of the server's own; its id follows from the mutation's, so that it is the same after a restore. */
  #keep(collection: string, { mutation, user }: Sent, more: Fields): Stored {
    const id = keptId(collection, mutation.id);
    // The same mutation may be refused or have to wait more than once, as when a replay meets an approved shift.
    const row = this.#held.get(collection, id) ?? this.#held.make(collection, id, {});
    const { id: mutation_id, collection: about, record_id, op, fields } = mutation;
    this.#held.put(row, { id, mutation_id, collection: about, record_id, op, fields, author_id: user, ...more }, "-");
    return row;
  }

  #waitingFor(collection: string, id: string): Stored[] {
    return this.#held.all("held").filter(({ fields }) => {
      if (fields.state !== "waiting" || this.#underWay.has(String(fields.id))) return false;
      const above = PARENT[String(fields.collection)];
      return (fields.collection === collection && fields.record_id === id) || (above?.[0] === collection && (fields.fields as Fields)[above[1]] === id);
    }).sort((a, b) => a.seq - b.seq);
  }

  /** Judge what waited once more. */
  #again(row: Stored): void {
    const sent = this.#held.log.get(String(row.fields.mutation_id));
    if (!sent) return;
    this.#underWay.add(row.id);
    const receipt = this.#judge(sent);
    this.#underWay.delete(row.id);
    if (receipt.status === row.collection) return;
    this.#held.put(row, { state: receipt.status === "rejected" ? "rejected" : "applied" }, "-");
    if (receipt.status === "rejected") this.#reject(sent, receipt);
  }

  /** PU12: what fell with a refused record comes back with it, in the order it was written. */
  #takeAlong({ collection, record_id }: Mutation): void {
    const fell = this.#held.all("rejections").filter(({ fields }) => {
      const above = PARENT[String(fields.collection)];
      const below = fields.slug === "parent_missing" && above?.[0] === collection && (fields.fields as Fields)[above[1]] === record_id;
      return OPEN.includes(String(fields.state)) && (below || (fields.slug === "not_found" && fields.record_id === record_id));
    });
    const seqOf = (row: Stored): number => this.#held.log.get(String(row.fields.mutation_id))?.mutation.device_seq ?? 0;
    for (const row of fell.sort((a, b) => seqOf(a) - seqOf(b))) this.replay(row.id);
  }
}

const keptId = (collection: string, mutationId: string): string => `${collection}-${mutationId}`;

const receiptOf = (mutation_id: string, status: Receipt["status"], version: number | null): Receipt => (
  { mutation_id, status, replayed: false, version, error: null, conflict_id: null }
);
export const rejected = (mutation_id: string, slug: string): Receipt => (
  { ...receiptOf(mutation_id, "rejected", null), error: { slug, message: slug, fields: {} } }
);
