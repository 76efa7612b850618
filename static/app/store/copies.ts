/**
 * PL5: copies of what was sent in the last 30 days, inside the caller's transaction. They wait for a server that
 * was restored from an older backup and are then offered again. The days are the server's: a phone's clock set ahead
 * must not throw them away. Knows no cryptography.
 */
import type { Mutation, WireMutation } from "../ports";
import type { Mode, Tx } from "./database";
import { inState, type Meta, type MutationRow, type SentRow, type UserSchema, type UserTx } from "./schema";

const KEEP_MS = 30 * 24 * 3_600_000;

/** Keep a copy of what was just received; sealed where that could be done. */
export async function keepCopies(tx: UserTx, settled: readonly MutationRow[], sealed: ReadonlyMap<string, string>, receivedMs: number): Promise<void> {
  const sent = tx.objectStore("sent");
  await Promise.all(settled.map(({ id, device_seq, blob }) => {
    const copy = sealed.get(id);
    return sent.put({ id, device_seq, at: receivedMs, state: "kept", is_clear: copy === undefined ? 1 : 0, blob: copy ?? blob.mutation });
  }));
  const old = await sent.index("at").getAll(IDBKeyRange.upperBound(receivedMs - KEEP_MS, true));
  await Promise.all(old.filter((row) => row.state === "kept").map((row) => sent.delete(row.id)));
}

/** The server was restored: offer every copy again but those it has just answered; `meta` is changed in place. */
export async function offerAgain(tx: UserTx, meta: Meta, answered: ReadonlySet<string>, receivedMs: number): Promise<void> {
  const sent = tx.objectStore("sent");
  const copies = await sent.index("at").getAll(IDBKeyRange.lowerBound(receivedMs - KEEP_MS));
  const due = copies.filter((row) => row.state !== "again" && !answered.has(row.id));
  await Promise.all(due.map((row) => sent.put({ ...row, state: "again" })));
  meta.again += due.length;
  meta.stuck -= due.filter((row) => row.state === "stuck").length;
}

/** CL3: a copy is no longer offered once its own receipt is here; from now it is kept for another 30 days. */
export async function settleCopies(tx: UserTx, meta: Meta, receivedIds: readonly string[], receivedMs: number): Promise<void> {
  if (meta.again === 0 || receivedIds.length === 0) return;
  const sent = tx.objectStore("sent");
  const rows = await Promise.all(receivedIds.map((id) => sent.get(id)));
  const settled = rows.filter((row): row is SentRow => row?.state === "again");
  await Promise.all(settled.map((row) => sent.put({ ...row, state: "kept", at: receivedMs })));
  meta.again -= settled.length;
}

/** CL4: a copy that can't be sent at all no longer holds up the rest. Returns whether it was one. */
export async function setAside(tx: UserTx, meta: Meta, id: string): Promise<boolean> {
  const sent = tx.objectStore("sent");
  const row = await sent.get(id);
  if (row?.state !== "again") return false;
  await sent.put({ ...row, state: "stuck" });
  meta.again--;
  meta.stuck++;
  return true;
}

/** Return what waits to be offered again, by number, at most `count` of each state. */
export async function offered<M extends Mode>(tx: Tx<UserSchema, M>, states: readonly SentRow["state"][], count?: number): Promise<WireMutation[]> {
  const index = tx.objectStore("sent").index("state");
  const rows = (await Promise.all(states.map((state) => index.getAll(inState(state), count)))).flat();
  return rows.map(onTheWire);
}

/** Return copies that still have to be sealed. */
export async function clearCopies(tx: Tx<UserSchema, "readonly">, count: number): Promise<Mutation[]> {
  const rows = await tx.objectStore("sent").index("is_clear").getAll(1, count);
  return rows.map((row) => row.blob as Mutation);
}

export async function putSealed(tx: UserTx, copies: ReadonlyMap<string, string>): Promise<void> {
  const sent = tx.objectStore("sent");
  const rows = await Promise.all([...copies.keys()].map((id) => sent.get(id)));
  await Promise.all(rows.map((row) => row && sent.put({ ...row, is_clear: 0, blob: copies.get(row.id)! })));
}

/** CL8: what could not be sealed and is not offered again leaves no readable copy behind; the server has it. */
export async function forgetClear(tx: UserTx): Promise<void> {
  const sent = tx.objectStore("sent");
  const clear = await sent.index("is_clear").getAll(1);
  await Promise.all(clear.filter((row) => row.state === "kept").map((row) => sent.delete(row.id)));
}

const onTheWire = ({ id, device_seq, blob }: SentRow): WireMutation => (typeof blob === "string" ? { id, device_seq, sealed: blob } : blob);
