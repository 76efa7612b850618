/**
 * The queue inside the caller's transaction: what a user did goes in with its number and base version
 * (CL1, CL6, PU5), what is to be sent comes out. Knows no network and no screen.
 */
import type { Fields, Mutation, Op, SyncRequest, WireMutation } from "../ports";
import { offered } from "./copies";
import type { Mode, Tx } from "./database";
import { toTell } from "./opened";
import { FRESH_META, inState, type Meta, type MutationRow, shiftOf, type UserSchema, type UserTx } from "./schema";

/** What a user did to one record; sequence and base version are given here. */
export interface Action {
  id: string;
  collection: string;
  record_id: string;
  op: Op;
  fields: Fields;
  made_at: string;
  replaces: string | null;
  /** The version the person had before their eyes, where a newer one may have come since. */
  seen?: number;
}

export interface Batch {
  mutations: WireMutation[];
  /** How many can be sent, these included. */
  waiting: number;
  queue: SyncRequest["queue"];
  /** What the server is to be told was opened here. */
  opened: string[];
  cursor: string | null;
  epoch: string | null;
  copying: boolean;
}

export const META = "meta";

export const readMeta = async <M extends Mode>(tx: Tx<UserSchema, M>): Promise<Meta> => (
  { ...FRESH_META, ...(await tx.objectStore("meta").get(META)) }
);

/**
 * Put actions into the queue; `meta` is changed in place for the caller to store. Returns the new rows, or
 * null when they are there already: a retry after a connection lost in mid commit finds its own work done.
 */
export async function enqueue(tx: UserTx, meta: Meta, actions: readonly Action[]): Promise<MutationRow[] | null> {
  const mutations = tx.objectStore("mutations");
  const [earlier, ...bases] = await Promise.all([
    actions[0] ? mutations.getKey(actions[0].id) : undefined,
    ...actions.map((action) => baseVersion(tx, action)),
  ]);
  if (earlier !== undefined) return null;
  const rows = actions.map(({ id, seen: _, ...action }, at): MutationRow => {
    // CL6: the number is taken in the transaction that uses it.
    const device_seq = ++meta.device_seq;
    const mutation: Mutation = { id, device_seq, ...action, base_version: bases[at]! };
    return {
      id, device_seq, collection: action.collection, record_id: action.record_id,
      shift_id: shiftOf(action.collection, action.record_id, action.fields), state: "queued",
      day: action.made_at.slice(0, 10), blob: { mutation, receipt: null },
    };
  });
  await Promise.all(rows.map((row) => mutations.add(row)));
  return rows;
}

/**
 * PU5: the last confirmed version held here when the person wrote; 0 while the record's create is still pending.
 * What has come while a form stood open was not seen: it stays above the base, and the server merges or asks.
 */
async function baseVersion(tx: UserTx, { collection, record_id, op, seen = Infinity }: Action): Promise<number> {
  if (op === "create") return 0;
  const [waiting, confirmed] = await Promise.all([
    tx.objectStore("mutations").index("record").getAll([collection, record_id]),
    tx.objectStore("rows").get([collection, record_id]),
  ]);
  if (waiting.some((row) => row.state === "queued" && row.blob.mutation.op === "create")) return 0;
  return Math.min(confirmed?.blob.version ?? 0, seen);
}

/** Read the next mutations to send: at most `count`, at most `bytes` of JSON, at least one if any waits. */
export async function nextBatch(tx: Tx<UserSchema, "readonly">, meta: Meta, count: number, bytes: number): Promise<Batch> {
  const queued = tx.objectStore("mutations").index("state");
  const most = Math.max(1, count);
  const [inQueue, next, again] = await Promise.all([
    queued.count(inState("queued")), queued.getAll(inState("queued"), most), meta.again > 0 ? offered(tx, ["again"], most) : [],
  ]);
  const mutations: WireMutation[] = [];
  let size = 0;
  for (const mutation of inOrder([...again, ...next.map(({ blob }) => blob.mutation)]).slice(0, count)) {
    // Two bytes a character is more than any text here needs on the average.
    size += JSON.stringify(mutation).length * 2;
    if (size > bytes && mutations.length > 0) break;
    mutations.push(mutation);
  }
  const waiting = inQueue + meta.again;
  const queue = { count: waiting + meta.stuck, oldest_made_at: next[0]?.blob.mutation.made_at ?? null, last_device_seq: meta.device_seq };
  return { mutations, waiting, queue, opened: toTell(meta), cursor: meta.cursor, epoch: meta.epoch, copying: meta.copying };
}

/** CL11: everything the server has no receipt for, as on the wire. */
export async function wholeQueue(tx: Tx<UserSchema, "readonly">): Promise<WireMutation[]> {
  const [queued, again] = await Promise.all([
    tx.objectStore("mutations").index("state").getAll(inState("queued")), offered(tx, ["again", "stuck"]),
  ]);
  return inOrder([...again, ...queued.map(({ blob }) => blob.mutation)]);
}

/** PL5: what is offered again goes before what is newer. */
const inOrder = (mutations: WireMutation[]): WireMutation[] => mutations.sort((a, b) => a.device_seq - b.device_seq);
