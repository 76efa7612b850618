/** CL9, C05, C07: what the system and other tabs do to IndexedDB is met by a retry or by an error with a name. */
import { forceCloseDatabase, IDBFactory } from "fake-indexeddb";
import { unwrap } from "idb";
import { describe, expect, it } from "vitest";
import { StoreClosed, StoreFull, StoreOutdated } from "../domain/errors";
import type { Mutation, Session } from "../ports";
import { copySealer, sealLeftovers } from "../sync/sealing";
import { opened, plainSealer } from "../sync/testing/plainSealer";
import { Database } from "./database";
import { nextBatch, readMeta } from "./queue";
import { fillVersion11, makeVersion11 } from "./testing/version11";
import { FieldStore } from "./store";
import { userDatabase, type UserSchema, VERSION } from "./schema";

const DRAFT = { key: "visit", value: 1, updatedAt: "" };
const NAME = "faltlogg-user-device";

const factory = () => new IDBFactory();
const database = (indexedDB = factory(), onOutdated?: () => void) => userDatabase("user", "device", { indexedDB }, onOutdated);
const save = (db: Database<UserSchema>) => db.transaction("readwrite", ["drafts"], (tx) => tx.objectStore("drafts").put(DRAFT));
const saved = (db: Database<UserSchema>) => db.transaction("readonly", ["drafts"], (tx) => tx.objectStore("drafts").count());

/** The browser's own connection below the library. */
async function connection(db: Database<UserSchema>): Promise<IDBDatabase> {
  return db.transaction("readonly", ["drafts"], (tx) => Promise.resolve(unwrap(tx.db)));
}

/** Open as another build would, which makes nothing. */
function openAs(indexedDB: IDBFactory, version: number, made: (db: IDBDatabase) => void = () => undefined): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, version);
  request.onupgradeneeded = () => made(request.result);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("open"));
  });
}

describe("CL1", () => {
  it("CL1 every transaction waits for the disk", async () => {
    const durability = await database().transaction("readwrite", ["drafts"], (tx) => Promise.resolve(unwrap(tx).durability));
    expect(durability).toBe("strict");
  });
});

describe("CL9", () => {
  it.each([["with notice", (db: IDBDatabase) => forceCloseDatabase(db as never)], ["without notice", (db: IDBDatabase) => db.close()]])(
    "CL9 a connection the system closed %s is opened again", async (_how, close) => {
      const db = database();
      close(await connection(db));
      await save(db);
      expect(await saved(db)).toBe(1);
    },
  );

  it("CL9 a connection lost in mid transaction: the work is done once, on a new one", async () => {
    const db = database();
    let tries = 0;
    await db.transaction("readwrite", ["drafts"], async (tx) => {
      await tx.objectStore("drafts").add({ ...DRAFT, key: `try ${++tries}` });
      if (tries === 1) {
        // Both halves of a forced close: what is open is aborted, then the connection is gone.
        unwrap(tx).abort();
        forceCloseDatabase(unwrap(tx.db) as never);
      }
      await tx.objectStore("drafts").add(DRAFT);
    });
    expect(tries).toBe(2);
    const keys = await db.transaction("readonly", ["drafts"], (tx) => tx.objectStore("drafts").getAllKeys());
    expect(keys).toEqual(["try 2", "visit"]);
  });

  it("CL9 one that stays lost is given up after four tries", async () => {
    let tries = 0;
    const work = database().transaction("readwrite", ["drafts"], () => {
      tries++;
      return Promise.reject(new DOMException("Connection to Indexed Database server lost", "UnknownError"));
    });
    await expect(work).rejects.toMatchObject({ name: "UnknownError" });
    expect(tries).toBe(4);
  });

  it("C05 a phone that is full at the commit is a named error at once, and nothing was written", async () => {
    const db = database();
    let tries = 0;
    const work = db.transaction("readwrite", ["drafts"], async (tx) => {
      tries++;
      await tx.objectStore("drafts").put(DRAFT);
      // What a browser does that finds the disk full: the transaction ends with that reason, its requests only with it.
      const last = tx.objectStore("drafts").put({ ...DRAFT, key: "more" });
      (unwrap(tx) as unknown as { _abort(reason: string): void })._abort("QuotaExceededError");
      await last;
    });
    await expect(work).rejects.toBeInstanceOf(StoreFull);
    expect([tries, await saved(db)]).toEqual([1, 0]);
  });

  it("C05 a phone that is full at a request is the same error", async () => {
    const db = database();
    const work = db.transaction("readwrite", ["drafts"], async (tx) => {
      await tx.objectStore("drafts").put(DRAFT);
      throw new DOMException("full", "QuotaExceededError");
    });
    await expect(work).rejects.toBeInstanceOf(StoreFull);
    expect(await saved(db)).toBe(0);
  });

  it("CL9 an error of our own is passed on at once, and takes its writes back", async () => {
    const db = database();
    let tries = 0;
    const work = db.transaction("readwrite", ["drafts"], async (tx) => {
      tries++;
      await tx.objectStore("drafts").put(DRAFT);
      throw new RangeError("own");
    });
    await expect(work).rejects.toBeInstanceOf(RangeError);
    expect([tries, await saved(db)]).toEqual([1, 0]);
  });

  it("CL6 the database refuses a device_seq used twice", async () => {
    const db = database();
    const row = (id: string) => ({ id, device_seq: 1, collection: "shifts", record_id: id, shift_id: null, state: "queued", day: null, blob: { mutation: {} as never, receipt: null } });
    const add = (id: string) => db.transaction("readwrite", ["mutations"], (tx) => tx.objectStore("mutations").add(row(id)));
    await add("a");
    await expect(add("b")).rejects.toMatchObject({ name: "ConstraintError" });
  });

  it("CL8 closed for good it stays closed: what is under way ends, nothing opens it again", async () => {
    const db = database();
    const underWay = save(db);
    db.close();
    expect(await underWay).toBe(DRAFT.key);
    await expect(saved(db)).rejects.toBeInstanceOf(StoreClosed);
  });
});

describe("C07", () => {
  it("C07 the old build's tab gives way to the new build's upgrade, says so, and can't go on", async () => {
    const indexedDB = factory();
    let notices = 0;
    const old = database(indexedDB, () => notices++);
    await save(old);
    const newer = await openAs(indexedDB, VERSION + 1);
    expect(notices).toBe(1);
    await expect(save(old)).rejects.toBeInstanceOf(StoreOutdated);
    newer.close();
  });

  it("C07 an upgrade that fails leaves the old build working", async () => {
    const indexedDB = factory();
    const old = database(indexedDB);
    await save(old);
    const failing = openAs(indexedDB, VERSION + 1, () => { throw new RangeError("upgrade"); });
    await expect(failing).rejects.toMatchObject({ name: "AbortError" });
    await save(old);
    expect(await saved(old)).toBe(1);
  });

  it("C12 v11 → now: 500 queued, refused and answered ones, drafts, rows, receipts, numbers, all as they were", async () => {
    const indexedDB = factory();
    const old = await openAs(indexedDB, 11, makeVersion11);
    const written = fillVersion11(old);
    await new Promise((done) => (written.tx.oncomplete = done));
    old.close();

    const db = database(indexedDB);
    const stores = ["rows", "mutations", "sent", "receipts", "drafts", "meta"] as const;
    const found = await db.transaction("readonly", [...stores], async (tx) => (
      Object.fromEntries(await Promise.all(stores.map(async (name) => [name, await tx.objectStore(name).getAll()] as const)))
    ));
    for (const name of ["rows", "mutations", "receipts", "drafts", "meta"] as const) expect(found[name], name).toEqual(written[name]);
    expect(found.mutations).toHaveLength(502);
    // The copies of what was sent are still clear, and know that.
    expect(found.sent).toEqual(written.sent.map((row) => ({ ...row, device_seq: row.blob.device_seq, state: "kept", is_clear: 1 })));
    const next = await db.transaction("readonly", ["mutations", "sent", "meta"], async (tx) => nextBatch(tx, await readMeta(tx), 200, 1_000_000));
    expect([next.mutations.length, next.waiting, next.mutations[0]!.device_seq]).toEqual([200, 500, 301]);
    db.close();
    const store = new FieldStore("user", "device", { indexedDB });
    await store.load();
    await store.write([{ id: "new", collection: "shifts", record_id: "new", op: "create", fields: {}, made_at: "2026-11-23T18:00:00+01:00", replaces: null }]);
    expect(store.snapshot().pending.at(-1)?.mutation.device_seq).toBe(803);
    // Sealed at the next start, none of them lost on the way.
    await sealLeftovers(store, copySealer(plainSealer, () => ({ seal: { public_key: "cA==", device_secret: "cw==" }, device_id: "device" }) as Session));
    expect(await store.clearCopies(1)).toEqual([]);
    store.close();
    const again = database(indexedDB);
    const copies = await again.transaction("readonly", ["sent"], (tx) => tx.objectStore("sent").getAll());
    expect(copies.map((row) => JSON.parse(opened(row.blob as string)) as Mutation)).toEqual(written.sent.map((row) => row.blob));
  });

  it("C12 what was there before the first release is thrown away, not read", async () => {
    const indexedDB = factory();
    (await openAs(indexedDB, 10, (db) => db.createObjectStore("drafts", { keyPath: "other" }))).close();
    const db = database(indexedDB);
    await save(db);
    expect(await saved(db)).toBe(1);
  });
});
