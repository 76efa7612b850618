/**
 * What one answer of the server does to the stores, inside the caller's transaction (PL7). Receipts
 * settle the queue, changes move the confirmed rows, both together decide what still has to be laid
 * over them. Knows no network.
 */
import type { Confirmed } from "../domain/projection";
import type { Change, Receipt, SyncAnswer, SyncRequest } from "../ports";
import { keepCopies, offerAgain, settleCopies } from "./copies";
import { noteTold } from "./opened";
import { inCollection, inState, type Key, type Meta, type MutationRow, shiftOf, type UserTx } from "./schema";
import type { Patch } from "./snapshot";

/** What became visible, in the order it came: a patch, or "all" for a whole new copy. */
type Shown = Patch | "all";

/** One answer to one request, with sealed copies of what it answers (PL5): IndexedDB waits for no cryptography. */
export interface Answered {
  request: SyncRequest;
  answer: SyncAnswer;
  copies: ReadonlyMap<string, string>;
}

/** Apply one answer; `meta` is changed in place for the caller to store. */
export async function applyAnswer(tx: UserTx, meta: Meta, { request, answer, copies }: Answered): Promise<Shown> {
  const receivedMs = Date.parse(answer.server_time);
  const { rows: settled, left } = await settle(tx, answer);
  if (left.length > 0) await keepCopies(tx, left, copies, receivedMs);
  await settleCopies(tx, meta, answer.receipts.map((receipt) => receipt.mutation_id), receivedMs);
  if (settled.length > 0) meta.last_receipt_at = answer.server_time;
  meta.locked = false;
  noteTold(meta, request.opened ?? []);
  const patch: Patch = { rows: [], receipts: receiptsOf(settled, answer.server_time), mutations: settled.map(settledNow) };

  // An answer to a request from an older state of this copy brings receipts, but no page: the
  // cursor never moves sideways.
  if (request.cursor !== meta.cursor || request.epoch !== meta.epoch) return patch;

  const restored = meta.epoch !== null && meta.epoch !== answer.epoch;
  meta.epoch = answer.epoch;
  if (restored) meta.told = []; // as with what was sent: the backup may be older
  if (restored) await offerAgain(tx, meta, new Set(answer.receipts.map((receipt) => receipt.mutation_id)), receivedMs);
  if (restored || answer.reset) {
    await tx.objectStore("incoming").clear();
    meta.copying = true;
  }
  if (restored && !answer.reset) {
    meta.cursor = null; // PL5: the page belongs to another history; pull from the start
    return patch;
  }

  const page = await takeChanges(tx, meta.copying, answer.changes);
  meta.cursor = answer.cursor;
  // PL5: what the restored server has lost stays on the screen until all of it was offered again.
  const isLast = !answer.more && (!meta.copying || meta.again === 0);
  const swapped = meta.copying && isLast;
  if (swapped) await swapCopies(tx);
  if (isLast) {
    meta.copying = false;
    meta.complete = true;
  }
  // While a new copy is being built, what is shown is of another history: nothing in it tells what was taken in.
  const shown = meta.copying ? [] : await dropShown(tx, isLast);
  if (swapped) return "all";
  return {
    rows: page.rows, receipts: [...patch.receipts, ...page.receipts],
    mutations: [...patch.mutations, ...shown.map((id) => [id, null] as const)],
  };
}

interface Settled {
  /** Every mutation whose state a receipt of this answer gave. */
  rows: MutationRow[];
  /** Those of them that left the queue. */
  left: MutationRow[];
}

/**
 * CL3: a mutation leaves the queue on its own receipt and on nothing else. One that was answered before is settled
 * anew: a restored server may have decided otherwise this time (PL5).
 */
async function settle(tx: UserTx, answer: SyncAnswer): Promise<Settled> {
  const mutations = tx.objectStore("mutations");
  const found = await Promise.all(answer.receipts.map((receipt) => mutations.get(receipt.mutation_id)));
  const settled: Settled = { rows: [], left: [] };
  for (const [at, row] of found.entries()) {
    if (!row || (row.state !== "queued" && row.blob.receipt === null)) continue;
    const receipt = answer.receipts[at]!;
    const next = { ...row, state: stateAfter(receipt), blob: { ...row.blob, receipt } };
    settled.rows.push(next);
    if (row.state === "queued") settled.left.push(next);
  }
  const receipts = tx.objectStore("receipts");
  await Promise.all(settled.rows.flatMap((row): Promise<unknown>[] => [
    row.state === "done" ? mutations.delete(row.id) : mutations.put(row),
    ...(row.state === "refused" ? [] : [
      receipts.put({ collection: row.collection, record_id: row.record_id, received_at: answer.server_time }),
    ]),
  ]));
  return settled;
}

function stateAfter(receipt: Receipt): string {
  if (receipt.status === "rejected") return "refused";
  // PU5: the server's value stays, so nothing of ours lies over it any longer.
  return receipt.status === "conflict" ? "done" : "answered";
}

const settledNow = (row: MutationRow): Patch["mutations"][number] => [row.id, row.state === "done" ? null : row];

const receiptsOf = (settled: readonly MutationRow[], at: string): Patch["receipts"] => (
  settled.filter((row) => row.state !== "refused").map((row) => [[row.collection, row.record_id], at])
);

async function takeChanges(tx: UserTx, copying: boolean, changes: readonly Change[]): Promise<Pick<Patch, "rows" | "receipts">> {
  const store = tx.objectStore(copying ? "incoming" : "rows");
  const receipts = tx.objectStore("receipts");
  const rows: [Key, Confirmed | null][] = [];
  const work: Promise<unknown>[] = [];
  for (const { collection, record_id, version, deleted, record } of changes) {
    const key: Key = [collection, record_id];
    const blob = deleted || record === null ? null : { version, fields: record };
    rows.push([key, blob]);
    if (blob) work.push(store.put({ collection, record_id, shift_id: shiftOf(collection, record_id, blob.fields), state: "confirmed", day: null, blob }));
    else work.push(store.delete(key), ...(copying ? [] : [receipts.delete(key)]));
  }
  await Promise.all(work);
  // PL3: a new copy shows nothing until it is whole.
  if (copying) return { rows: [], receipts: [] };
  return { rows, receipts: rows.filter(([, blob]) => blob === null).map(([key]) => [key, null]) };
}

/** PL3: old rows stay visible until the new copy is whole. */
async function swapCopies(tx: UserTx): Promise<void> {
  const [rows, incoming] = [tx.objectStore("rows"), tx.objectStore("incoming")];
  const copy = await incoming.getAll();
  await Promise.all([rows.clear(), incoming.clear(), ...copy.map((row) => rows.add(row))]);
}

/**
 * Drop what no longer has to be laid over the confirmed rows: an applied mutation once its result is
 * here, a held, late or rejected one once the server's own record of it is here. Returns their ids.
 */
async function dropShown(tx: UserTx, complete: boolean): Promise<string[]> {
  const [mutations, rows] = [tx.objectStore("mutations"), tx.objectStore("rows")];
  const state = mutations.index("state");
  const waiting = (await Promise.all([state.getAll(inState("answered")), state.getAll(inState("refused"))])).flat();
  if (waiting.length === 0) return [];
  const kept = await Promise.all(["held", "late", "rejections"].map((name) => rows.getAll(inCollection(name))));
  const keptByServer = new Set(kept.flat().map((row) => row.blob.fields.mutation_id));
  const confirmed = await Promise.all(waiting.map((row) => rows.get([row.collection, row.record_id])));
  const shown = waiting.filter((row, at) => {
    if (keptByServer.has(row.id)) return true;
    const { receipt, mutation } = row.blob;
    const version = confirmed[at]?.blob.version ?? 0;
    if (receipt?.status === "held") return mutation.op === "create" && version > 0;
    if (receipt?.status !== "applied" && receipt?.status !== "merged") return false;
    return complete || version >= (receipt.version ?? 1);
  });
  await Promise.all(shown.map((row) => mutations.delete(row.id)));
  return shown.map((row) => row.id);
}
