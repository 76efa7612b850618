/** The user's database as the first release made it, and an evening in it; kept as it was, to upgrade from. */

const RECORD = ["collection", "record_id"];

export function makeVersion11(db: IDBDatabase): void {
  db.createObjectStore("rows", { keyPath: RECORD });
  db.createObjectStore("incoming", { keyPath: RECORD });
  const mutations = db.createObjectStore("mutations", { keyPath: "id" });
  mutations.createIndex("device_seq", "device_seq", { unique: true });
  mutations.createIndex("state", ["state", "device_seq"]);
  mutations.createIndex("record", RECORD);
  db.createObjectStore("sent", { keyPath: "id" }).createIndex("at", "at");
  db.createObjectStore("receipts", { keyPath: RECORD });
  db.createObjectStore("drafts", { keyPath: "key" });
  db.createObjectStore("meta");
}

/** 300 sent, 500 queued, one refused, one answered; 300 rows; two drafts. Returns what was put down, by store, in key order. */
export function fillVersion11(db: IDBDatabase) {
  const padded = (at: number): string => String(at).padStart(4, "0");
  const mutation = (at: number) => ({
    id: `m${padded(at)}`, device_seq: at, collection: "shifts", record_id: `s${padded(at)}`, op: "create" as const, base_version: 0,
    fields: { reason: `evening ${at}` }, made_at: "2026-11-23T18:00:00+01:00", replaces: null,
  });
  const queued = (at: number, state: string, receipt: unknown = null) => ({
    id: `m${padded(at)}`, device_seq: at, collection: "shifts", record_id: `s${padded(at)}`, shift_id: `s${padded(at)}`, state,
    day: "2026-11-23", blob: { mutation: mutation(at), receipt },
  });
  const sequence = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const answered = { mutation_id: "m0802", status: "held", replayed: false, version: null, error: null, conflict_id: null };
  const filled = {
    rows: sequence(1, 300).map((at) => ({
      collection: "shifts", record_id: `s${padded(at)}`, shift_id: `s${padded(at)}`, state: "confirmed", day: null, blob: { version: 1, fields: { reason: `evening ${at}` } },
    })),
    mutations: [...sequence(301, 800).map((at) => queued(at, "queued")), queued(801, "refused"), queued(802, "answered", answered)],
    sent: sequence(1, 300).map((at) => ({ id: `m${padded(at)}`, at: 1_000 + at, blob: mutation(at) })),
    receipts: sequence(1, 300).map((at) => ({ collection: "shifts", record_id: `s${padded(at)}`, received_at: "2026-11-23T17:00:00Z" })),
    drafts: [{ key: "observation", value: { note: "half" }, updatedAt: "" }, { key: "undo", value: [], updatedAt: "" }],
    meta: [{
      cursor: "300", epoch: "e", copying: false, complete: true, device_seq: 802, revision: 12, offset_ms: 40,
      last_receipt_at: "2026-11-23T17:00:00Z", locked: false, pruned_on: "2026-11-23",
    }],
  };
  const tx = db.transaction([...db.objectStoreNames], "readwrite");
  for (const name of ["rows", "mutations", "sent", "receipts", "drafts"] as const) for (const row of filled[name]) tx.objectStore(name).put(row);
  tx.objectStore("meta").put(filled.meta[0], "meta");
  return { tx, ...filled };
}
