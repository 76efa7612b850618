/**
 * The rows as the projection reads them, kept in memory so that a save reads nothing again. A snapshot
 * handed out never changes, nor does any row in it; a new one takes its place. Knows no database.
 */
import { type Confirmed, type Pending, recordKey } from "../domain/projection";
import type { ConfirmedRow, Key, Meta, MutationRow, ReceiptRow } from "./schema";

/** Everything the projection and the status need. */
export interface Snapshot {
  confirmed: Map<string, Map<string, Confirmed>>;
  /** In `device_seq` order. */
  pending: Pending[];
  receivedAt: Map<string, string>;
  meta: Meta;
}

/** What one transaction changed; null is gone. */
export interface Patch {
  rows: readonly (readonly [Key, Confirmed | null])[];
  receipts: readonly (readonly [Key, string | null])[];
  mutations: readonly (readonly [id: string, MutationRow | null])[];
}
export const NO_PATCH: Patch = { rows: [], receipts: [], mutations: [] };

/** What other tabs have to read again: after one transaction, by its number, or everything. */
export interface Moved {
  /** Whose: two users' tabs share one channel. */
  database: string;
  revision: number;
  records: readonly Key[] | "all";
  mutations: readonly string[];
}

/** Whether there may be something to send, or no longer. */
export const touchesQueue = (moved: Moved): boolean => moved.records === "all" || moved.mutations.length > 0;

export function snapshotOf(
  rows: readonly ConfirmedRow[], mutations: readonly MutationRow[], receipts: readonly ReceiptRow[], meta: Meta,
): Snapshot {
  const confirmed: Snapshot["confirmed"] = new Map();
  for (const row of rows) {
    let records = confirmed.get(row.collection);
    if (!records) confirmed.set(row.collection, (records = new Map()));
    records.set(row.record_id, row.blob);
  }
  return {
    confirmed, meta, pending: [...mutations].sort((a, b) => a.device_seq - b.device_seq).map(pendingOf),
    receivedAt: new Map(receipts.map((row) => [recordKey(row.collection, row.record_id), row.received_at])),
  };
}

/** Return the snapshot with a patch in it; only what the patch touches is copied. */
export function patched(snapshot: Snapshot, { rows, receipts, mutations }: Patch, meta: Meta): Snapshot {
  return {
    meta,
    confirmed: rows.length > 0 ? withRows(snapshot.confirmed, rows) : snapshot.confirmed,
    receivedAt: receipts.length > 0 ? withReceipts(snapshot.receivedAt, receipts) : snapshot.receivedAt,
    pending: mutations.length > 0 ? withMutations(snapshot.pending, mutations) : snapshot.pending,
  };
}

export function movedBy(patch: Patch | "all", database: string, revision: number): Moved {
  if (patch === "all") return { database, revision, records: "all", mutations: [] };
  const { rows, receipts, mutations } = patch;
  return { database, revision, records: [...rows, ...receipts].map(([key]) => key), mutations: mutations.map(([id]) => id) };
}

/** Whether anything a person sees or a queue holds is in it. */
export const isEmpty = ({ rows, receipts, mutations }: Patch): boolean => rows.length + receipts.length + mutations.length === 0;

const pendingOf = (row: MutationRow): Pending => ({ ...row.blob, state: row.state as Pending["state"] });

function withRows(confirmed: Snapshot["confirmed"], rows: Patch["rows"]): Snapshot["confirmed"] {
  const next = new Map(confirmed);
  for (const name of new Set(rows.map(([[collection]]) => collection))) next.set(name, new Map(confirmed.get(name)));
  for (const [[collection, id], row] of rows) {
    if (row) next.get(collection)!.set(id, row);
    else next.get(collection)!.delete(id);
  }
  return next;
}

function withReceipts(receivedAt: Snapshot["receivedAt"], receipts: Patch["receipts"]): Snapshot["receivedAt"] {
  const next = new Map(receivedAt);
  for (const [key, at] of receipts) {
    if (at === null) next.delete(recordKey(...key));
    else next.set(recordKey(...key), at);
  }
  return next;
}

function withMutations(pending: Pending[], mutations: Patch["mutations"]): Pending[] {
  // Settled and shown by the same answer, a mutation is named twice; the last word holds.
  const touched = new Map(mutations);
  const next = pending.filter(({ mutation }) => !touched.has(mutation.id));
  for (const row of touched.values()) if (row) next.push(pendingOf(row));
  return next.sort((a, b) => a.mutation.device_seq - b.mutation.device_seq);
}
