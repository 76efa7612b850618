/** CL1, CL6, CL9, U02: one store's copy in memory against its database, alone and beside another tab's. */
import { forceCloseDatabase, IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StoreFull } from "../domain/errors";
import type { Change, SyncAnswer, SyncRequest } from "../ports";
import type { Action } from "./queue";
import type { Moved, Snapshot } from "./snapshot";
import { FieldStore } from "./store";

let indexedDB: IDBFactory;
let made = 0;
beforeEach(() => {
  indexedDB = new IDBFactory();
});
afterEach(() => void vi.restoreAllMocks());

const action = (record_id: string, more: Partial<Action> = {}): Action => ({
  id: `m${++made}`, collection: "shifts", record_id, op: "create", fields: { reason: "one" }, made_at: "2026-11-23T18:00:00+01:00", replaces: null, ...more,
});
const request = (cursor: string | null): SyncRequest => ({
  protocol: 1, app_build: "", epoch: cursor === null ? null : "e", cursor, limit: 500, sent_at: "",
  queue: { count: 0, oldest_made_at: null, last_device_seq: 0 }, mutations: [],
});
const answer = (cursor: string, changes: Change[], more: Partial<SyncAnswer> = {}): SyncAnswer => ({
  protocol: 1, epoch: "e", server_time: "2026-11-23T17:00:00Z", min_build: "", reset: false, receipts: [], changes, cursor, more: false, ...more,
});
const change = (record_id: string, version: number, deleted = false): Change => (
  { collection: "shifts", record_id, version, deleted, reason: null, record: deleted ? null : { reason: `v${version}` } }
);
const receipt = (mutation_id: string, status: "applied" | "rejected" | "conflict") => (
  { mutation_id, status, replayed: false, version: 1, error: null, conflict_id: null }
);

/** A tab, with what it tells the others. */
async function open() {
  const store = new FieldStore("user", "device", { indexedDB });
  const told: Moved[] = [];
  await store.load();
  store.onChange((moved) => moved && told.push(moved));
  return { store, told };
}
/** What somebody sees who reads the database from nothing. */
async function onDisk(): Promise<Snapshot> {
  const { store } = await open();
  store.close();
  return store.snapshot();
}
/** How often whole stores are read. */
const wholeReads = () => vi.spyOn(IDBObjectStore.prototype, "getAll");

describe("the copy in memory", () => {
  it("U02 saving, sending and receiving read no whole store again, and end as the database is", async () => {
    const { store } = await open();
    const reads = wholeReads();
    await store.write([action("a"), action("b")]);
    const [first, second] = store.snapshot().pending.map((entry) => entry.mutation.id);
    await store.apply({ request: request(null), answer: answer("1", [change("a", 1)], { receipts: [receipt(first!, "applied"), receipt(second!, "rejected")], more: true }), copies: new Map() });
    await store.write([action("a", { op: "update", fields: { reason: "two" } })]);
    await store.apply({ request: request("1"), answer: answer("2", [change("c", 1), change("a", 2)]), copies: new Map() });
    await store.apply({ request: request("2"), answer: answer("3", [change("c", 2, true)]), copies: new Map() });
    await store.setDiscarded(second!, true);
    await store.setMeta({ offset_ms: 5 });
    // The rejections kept by the server are looked for; the rows of the register are not read.
    expect(reads.mock.calls.filter(([range]) => range === undefined)).toEqual([]);
    reads.mockRestore();
    expect(store.snapshot()).toEqual(await onDisk());
    expect(store.snapshot().pending.map(({ state }) => state)).toEqual(["discarded", "queued"]);
  });

  it("PU5 a conflict leaves the queue, its receipt time stays", async () => {
    const { store } = await open();
    await store.write([action("a")]);
    const [entry] = store.snapshot().pending;
    await store.apply({ request: request(null), answer: answer("1", [change("a", 3)], { receipts: [receipt(entry!.mutation.id, "conflict")] }), copies: new Map() });
    expect(store.snapshot().pending).toEqual([]);
    expect(store.snapshot()).toEqual(await onDisk());
  });

  it("a round trip that brought nothing writes nothing and is no news", async () => {
    const { store, told } = await open();
    await store.apply({ request: request(null), answer: answer("1", []), copies: new Map() });
    const puts = vi.spyOn(IDBObjectStore.prototype, "put");
    await store.apply({ request: request("1"), answer: answer("1", []), copies: new Map() });
    expect([puts.mock.calls.length, told.length]).toEqual([0, 1]);
  });

  it("PU12 a correction and the refusal it puts away are one transaction", async () => {
    const { store } = await open();
    await store.write([action("a")]);
    const [refused] = store.snapshot().pending;
    await store.refuse(refused!.mutation.id);
    await store.write([action("a", { fields: { reason: "right" } })], [refused!.mutation.id]);
    expect(store.snapshot().pending.map(({ state }) => state)).toEqual(["discarded", "queued"]);
    expect(store.snapshot()).toEqual(await onDisk());
  });
});

describe("CL9", () => {
  it("CL9 a commit whose confirmation was lost is not written twice", async () => {
    const { store } = await open();
    const once = action("a");
    await store.write([once]);
    await store.write([once]);
    expect(store.snapshot().pending).toHaveLength(1);
    expect(store.snapshot()).toEqual(await onDisk());
  });

  it("CL9 a save meets a connection the system closed", async () => {
    const { store } = await open();
    const real = IDBObjectStore.prototype.add;
    let cut = 0;
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(function (this: IDBObjectStore, ...args) {
      const made = real.apply(this, args);
      if (cut++ === 0) {
        this.transaction.abort();
        forceCloseDatabase(this.transaction.db as never);
      }
      return made;
    });
    await store.write([action("a")]);
    expect(cut).toBe(2);
    expect(store.snapshot().pending.map(({ mutation }) => mutation.device_seq)).toEqual([1]);
    expect(store.snapshot()).toEqual(await onDisk());
  });

  it("C05 a full phone: nothing is shown as saved, and the number is free for the next save", async () => {
    const { store } = await open();
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await expect(store.write([action("a")])).rejects.toBeInstanceOf(StoreFull);
    vi.restoreAllMocks();
    expect(store.snapshot().pending).toEqual([]);
    await store.write([action("b")]);
    expect(store.snapshot().pending.map(({ mutation }) => mutation.device_seq)).toEqual([1]);
  });
});

describe("C05 CL9 a full phone", () => {
  const full = () => vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const withRoom = async (makeRoom: () => Promise<boolean>) => {
    const store = new FieldStore("user", "device", { indexedDB, makeRoom });
    await store.load();
    return store;
  };

  it("CL9 what can be spared goes first, and the save is done once", async () => {
    const adds = full();
    const store = await withRoom(() => {
      adds.mockRestore();
      return Promise.resolve(true);
    });
    await store.write([action("a")]);
    expect(store.snapshot().pending.map(({ mutation }) => mutation.device_seq)).toEqual([1]);
    expect(store.snapshot()).toEqual(await onDisk());
  });

  it.each([["there is nothing to spare", () => Promise.resolve(false), 1], ["sparing fails", () => Promise.reject(new Error("caches")), 1], ["it was not enough", () => Promise.resolve(true), 2]])(
    "C05 when %s, the save is refused by name and nothing was written", async (_when, makeRoom, tries) => {
      const asked = vi.fn(makeRoom);
      const store = await withRoom(asked);
      const adds = full();
      await expect(store.write([action("a")])).rejects.toBeInstanceOf(StoreFull);
      expect([asked.mock.calls.length, adds.mock.calls.length]).toEqual([1, tries]);
      adds.mockRestore();
      expect((await onDisk()).pending).toEqual([]);
    },
  );
});

describe("two tabs", () => {
  it("CL6 told which keys moved, the other tab reads those alone and sees the same", async () => {
    const [one, other] = [await open(), await open()];
    await one.store.write([action("a"), action("b")]);
    const [first] = one.store.snapshot().pending.map((entry) => entry.mutation.id);
    await one.store.apply({ request: request(null), answer: answer("1", [change("a", 1), change("c", 1)], { receipts: [receipt(first!, "applied")] }), copies: new Map() });
    await one.store.apply({ request: request("1"), answer: answer("2", [change("c", 2, true)]), copies: new Map() });
    const reads = wholeReads();
    await other.store.follow(one.told);
    expect(reads).not.toHaveBeenCalled();
    expect(other.store.snapshot()).toEqual(one.store.snapshot());
    expect(other.told).toEqual([]);
  });

  it("CL6 both saving at once give each record its number, and both see both", async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all(["a", "b", "c"].flatMap((id) => [one.store.write([action(`1${id}`)]), other.store.write([action(`2${id}`)])]));
    await Promise.all([one.store.follow(other.told), other.store.follow(one.told)]);
    expect(one.store.snapshot().pending.map(({ mutation }) => mutation.device_seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(other.store.snapshot()).toEqual(one.store.snapshot());
  });

  it("PL3 a whole new copy, and what was never told, are read from the start", async () => {
    const [one, other] = [await open(), await open()];
    await one.store.write([action("a")]);
    await one.store.apply({ request: request(null), answer: answer("1", [change("c", 1)], { reset: true }), copies: new Map() });
    expect(one.told.at(-1)?.records).toBe("all");
    await other.store.follow(one.told.slice(-1));
    expect(other.store.snapshot()).toEqual(one.store.snapshot());
    await one.store.write([action("d")]);
    await other.store.catchUp();
    expect(other.store.snapshot()).toEqual(one.store.snapshot());
    await one.store.write([action("e")]);
    await one.store.write([action("f")]);
    await other.store.follow(one.told.slice(-1));
    expect(other.store.snapshot()).toEqual(one.store.snapshot());
  });
});
