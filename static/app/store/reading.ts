/**
 * Reads rows for the copy in memory, inside the caller's transaction: everything at the start, afterwards
 * only what somebody else changed. Decides nothing.
 */
import type { Tx } from "./database";
import { readMeta } from "./queue";
import type { ConfirmedRow, Key, Meta, MutationRow, ReceiptRow, UserSchema, UserTx } from "./schema";
import type { Patch } from "./snapshot";

export type ReadTx = Tx<UserSchema, "readonly">;

interface Everything {
  rows: ConfirmedRow[];
  mutations: MutationRow[];
  receipts: ReceiptRow[];
  meta: Meta;
}

export async function readEverything(tx: ReadTx): Promise<Everything> {
  const [rows, mutations, receipts, meta] = await Promise.all([
    tx.objectStore("rows").getAll(), tx.objectStore("mutations").getAll(), tx.objectStore("receipts").getAll(), readMeta(tx),
  ]);
  return { rows, mutations, receipts, meta };
}

/** Return how the named records and mutations stand now. */
export async function readAgain(tx: ReadTx, records: readonly Key[], mutations: readonly string[]): Promise<{ patch: Patch; meta: Meta }> {
  const [rows, receipts, queue] = [tx.objectStore("rows"), tx.objectStore("receipts"), tx.objectStore("mutations")];
  const [rowsNow, receiptsNow, mutationsNow, meta] = await Promise.all([
    Promise.all(records.map(async (key) => [key, (await rows.get(key))?.blob ?? null] as const)),
    Promise.all(records.map(async (key) => [key, (await receipts.get(key))?.received_at ?? null] as const)),
    Promise.all(mutations.map(async (id) => [id, (await queue.get(id)) ?? null] as const)),
    readMeta(tx),
  ]);
  return { patch: { rows: rowsNow, receipts: receiptsNow, mutations: mutationsNow }, meta };
}

/** Give a mutation another state; returns its row, if it is still there. */
export async function putState(tx: UserTx, id: string, state: string): Promise<MutationRow[]> {
  const mutations = tx.objectStore("mutations");
  const row = await mutations.get(id);
  if (!row) return [];
  const next = { ...row, state };
  await mutations.put(next);
  return [next];
}
