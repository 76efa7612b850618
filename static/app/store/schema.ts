/**
 * The stores on the phone. One database per user and device (CL8); no index on contents and all
 * contents in `blob`, so that they can be encrypted without a redesign (CL2).
 */
import type { DBSchema, IDBPDatabase } from "idb";
import type { Confirmed, Pending } from "../domain/projection";
import type { Draft, Fields, Mutation, Session } from "../ports";
import { Database, type Design, type IndexedDbParts, type Tx, type VersionTx } from "./database";

/** Collection and record id. */
export type Key = [collection: string, recordId: string];

interface Row<Blob> {
  collection: string;
  record_id: string;
  shift_id: string | null;
  state: string;
  day: string | null;
  blob: Blob;
}
export type ConfirmedRow = Row<Confirmed>;
export type MutationRow = Row<Pick<Pending, "mutation" | "receipt">> & { id: string; device_seq: number };

/** PL5: a copy of a sent mutation, kept for 30 days. */
export interface SentRow {
  id: string;
  device_seq: number;
  at: number;
  /** `again`: the server was restored, and this is offered once more. `stuck`: the server can't take the copy. */
  state: "kept" | "again" | "stuck";
  /** 1 while the copy could not be sealed yet. */
  is_clear: 0 | 1;
  blob: string | Mutation;
}
export interface ReceiptRow {
  collection: string;
  record_id: string;
  received_at: string;
}

/** Where this copy stands. `copying`: a new copy is being built beside the shown one (PL3). */
export interface Meta {
  cursor: string | null;
  epoch: string | null;
  copying: boolean;
  /** True once a pull reached its end. */
  complete: boolean;
  device_seq: number;
  /** How many changes this database has seen, so that a tab notices when it missed one. */
  revision: number;
  offset_ms: number | null;
  last_receipt_at: string | null;
  locked: boolean;
  pruned_on: string | null;
  /** How many sent copies are offered again, and how many of them the server can't take (PL5). */
  again: number;
  stuck: number;
  /** Ids of what was opened here, and those of them the server has answered for. */
  opened: string[];
  told: string[];
}
export const FRESH_META: Meta = {
  cursor: null, epoch: null, copying: false, complete: false, device_seq: 0, revision: 0, offset_ms: null,
  last_receipt_at: null, locked: false, pruned_on: null,
  again: 0, stuck: 0, opened: [], told: [],
};

export interface UserSchema extends DBSchema {
  rows: { key: Key; value: ConfirmedRow };
  incoming: { key: Key; value: ConfirmedRow };
  mutations: {
    key: string;
    value: MutationRow;
    indexes: { device_seq: number; state: [string, number]; record: Key };
  };
  sent: { key: string; value: SentRow; indexes: { at: number; state: [string, number]; is_clear: number } };
  receipts: { key: Key; value: ReceiptRow };
  drafts: { key: string; value: Draft };
  meta: { key: string; value: Meta };
}
export type UserTx = Tx<UserSchema>;

/** Which device each user of this phone is, and the last session answer for a start without coverage. */
export interface DeviceRow {
  login: string;
  device_id: string;
  user_id: string | null;
}
export interface SessionRow {
  session: Session | null;
  /** The server has not heard of the sign-out yet. */
  sign_out_due: boolean;
}
export interface DeviceSchema extends DBSchema {
  devices: { key: string; value: DeviceRow };
  session: { key: string; value: SessionRow };
}

/** Lower versions were never released, so what they left is not read but thrown away. */
const FIRST = 11;
export const VERSION = 12;

const RECORD = ["collection", "record_id"];

const userDesign = (userId: string, deviceId: string): Design<UserSchema> => ({
  name: `faltlogg-${userId}-${deviceId}`,
  version: VERSION,
  async build(db, tx, from) {
    if (from < FIRST) makeFirst(db);
    if (from < 12) await withSealedCopies(tx);
  },
});

function makeFirst(db: IDBPDatabase<UserSchema>): void {
  startClean(db);
  db.createObjectStore("rows", { keyPath: RECORD });
  db.createObjectStore("incoming", { keyPath: RECORD });
  const mutations = db.createObjectStore("mutations", { keyPath: "id" });
  // CL6: the database itself refuses a number used twice.
  mutations.createIndex("device_seq", "device_seq", { unique: true });
  mutations.createIndex("state", ["state", "device_seq"]);
  mutations.createIndex("record", RECORD);
  db.createObjectStore("sent", { keyPath: "id" }).createIndex("at", "at");
  db.createObjectStore("receipts", { keyPath: RECORD });
  db.createObjectStore("drafts", { keyPath: "key" });
  db.createObjectStore("meta");
}

/** Version 12: copies of what was sent know their number and whether they are sealed; the clear ones are sealed later. */
async function withSealedCopies(tx: VersionTx<UserSchema>): Promise<void> {
  const sent = tx.objectStore("sent");
  sent.createIndex("state", ["state", "device_seq"]);
  sent.createIndex("is_clear", "is_clear");
  for (let cursor = await sent.openCursor(); cursor; cursor = await cursor.continue()) {
    const { id, at, blob } = cursor.value;
    await cursor.update({ id, at, blob, device_seq: (blob as Mutation).device_seq, state: "kept", is_clear: 1 });
  }
}

const DEVICE: Design<DeviceSchema> = {
  name: "faltlogg-device",
  version: FIRST,
  build(db) {
    startClean(db);
    db.createObjectStore("devices", { keyPath: "login" });
    db.createObjectStore("session");
  },
};

function startClean<Schema extends DBSchema>(db: IDBPDatabase<Schema>): void {
  for (const name of [...db.objectStoreNames]) db.deleteObjectStore(name);
}

export const userDatabase = (userId: string, deviceId: string, parts: IndexedDbParts, onOutdated?: () => void): Database<UserSchema> => (
  new Database(userDesign(userId, deviceId), parts, onOutdated)
);
export const deviceDatabase = (parts: IndexedDbParts): Database<DeviceSchema> => new Database(DEVICE, parts);

/** The shift a record hangs on, as far as the record itself says. */
export function shiftOf(collection: string, recordId: string, fields: Fields): string | null {
  if (collection === "shifts") return recordId;
  return typeof fields.shift_id === "string" ? fields.shift_id : null;
}

/** The mutations in one state, in `device_seq` order: a range of the index `state`. */
export const inState = (state: string): IDBKeyRange => IDBKeyRange.bound([state, 0], [state, Infinity]);

/** All records of one collection. */
export const inCollection = (name: string): IDBKeyRange => IDBKeyRange.bound([name, ""], [name, []]);
