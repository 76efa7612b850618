/**
 * What the model server holds, and what each person may see of it: records with their versions, tombstones, who
 * lost them, receipts. All of it is one value, so that a backup is a copy. Decides nothing.
 */
import type { Change, Fields, Mutation, Receipt } from "../../ports";
import type { Version } from "./modelRules";

export interface Stored {
  collection: string;
  id: string;
  version: number;
  seq: number;
  gone: "deleted" | "disposed" | null;
  fields: Fields;
  history: Version[];
  /** PL3: users who may not see it any more, and those of them who never did. */
  hiddenFrom: Set<string>;
  unknownTo: Set<string>;
}
export interface Sent {
  mutation: Mutation;
  device: string;
  user: string;
}
export interface Logged extends Sent {
  receipt: Receipt;
  content: string;
}

export const PARENT: Record<string, [collection: string, field: string]> = { visits: ["shifts", "shift_id"], observations: ["visits", "visit_id"] };
/** What the server keeps beside the records: for its author and the leads. */
export const KEPT: readonly string[] = ["conflicts", "rejections", "held", "late"];

export class ModelRecords {
  records = new Map<string, Stored>();
  log = new Map<string, Logged>();
  sequences = new Map<string, Map<number, string>>();
  seq = 0;
  /** PL5: the last restore, as ms since 1970. */
  restoredAt: number | null = null;

  copy(): ModelRecords {
    return Object.assign(new ModelRecords(), structuredClone({ ...this }));
  }

  get(collection: string, id: string): Stored | undefined {
    return this.records.get(`${collection}/${id}`);
  }

  all(collection: string): Stored[] {
    return [...this.records.values()].filter((record) => record.collection === collection && record.gone === null);
  }

  parentOf({ collection, fields }: Pick<Stored, "collection" | "fields">): Stored | undefined {
    const above = PARENT[collection];
    return above && this.get(above[0], String(fields[above[1]]));
  }

  shiftOf(record: Stored): Stored | undefined {
    return record.collection === "shifts" ? record : record.collection in PARENT ? this.#above(record) : undefined;
  }

  childrenOf({ collection, id }: Pick<Stored, "collection" | "id">): Stored[] {
    return [...this.records.values()].filter((child) => {
      const above = PARENT[child.collection];
      return above?.[0] === collection && child.fields[above[1]] === id;
    });
  }

  /** The record and everything below it. */
  family(record: Stored): Stored[] {
    return [record, ...this.childrenOf(record).flatMap((child) => this.family(child))];
  }

  make(collection: string, id: string, fields: Fields, parent?: Stored): Stored {
    const hidden = parent?.hiddenFrom ?? [];
    const made: Stored = { collection, id, version: 0, seq: 0, gone: null, fields, history: [], hiddenFrom: new Set(hidden), unknownTo: new Set(hidden) };
    this.records.set(`${collection}/${id}`, made);
    return made;
  }

  put(record: Stored, changed: Fields, device: string, sent: Fields = {}): void {
    record.version++;
    record.fields = { ...record.fields, ...changed };
    record.history.push({ number: record.version, device, changed, sent });
    this.touch(record);
  }

  /** Let it travel again. */
  touch(record: Stored): void {
    record.seq = ++this.seq;
  }

  sees(user: string, leads: ReadonlySet<string>, record: Stored): boolean {
    if (KEPT.includes(record.collection)) return record.fields.author_id === user || leads.has(user);
    return !record.hiddenFrom.has(user);
  }

  /** PL1: the newest state of what changed after a number, in order, as one person may see it (PL3, PL4). */
  changesFor(user: string, leads: ReadonlySet<string>, after: number, limit: number): { changes: Change[]; upTo: number; more: boolean } {
    const newer = [...this.records.values()].filter((record) => record.seq > after && !record.unknownTo.has(user))
      .filter((record) => !KEPT.includes(record.collection) || this.sees(user, leads, record)).sort((a, b) => a.seq - b.seq);
    const page = newer.slice(0, limit);
    const more = page.length < newer.length;
    return { changes: page.map((record) => this.#changeFor(user, leads, record)), upTo: more ? page.at(-1)!.seq : this.seq, more };
  }

  #changeFor(user: string, leads: ReadonlySet<string>, record: Stored): Change {
    const { collection, id, version, gone, fields } = record;
    const reason = gone ?? (this.sees(user, leads, record) ? null : "scope");
    return { collection, record_id: id, version, deleted: reason !== null, reason, record: reason === null ? { ...fields } : null };
  }

  #above(record: Stored): Stored | undefined {
    const parent = this.parentOf(record);
    return parent && this.shiftOf(parent);
  }
}
