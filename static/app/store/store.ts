/**
 * One user's data on one phone: writes what a user does, hands out what is to be sent, takes in what
 * the server said, and keeps a copy in memory for the projection. Knows no network and no screen.
 */
import { leavingWindow } from "../domain/window";
import type { Draft, Mutation, WireMutation } from "../ports";
import { type Answered, applyAnswer } from "./apply";
import { clearCopies, forgetClear, putSealed, setAside } from "./copies";
import type { Database, IndexedDbParts } from "./database";
import { type Action, type Batch, enqueue, META, nextBatch, readMeta, wholeQueue } from "./queue";
import { putState, readAgain, readEverything, type ReadTx } from "./reading";
import { Revisions } from "./revisions";
import { noteOpened, toTell } from "./opened";
import { FRESH_META, type Meta, userDatabase, type UserSchema, type UserTx } from "./schema";
import { isEmpty, type Moved, movedBy, NO_PATCH, type Patch, patched, type Snapshot, snapshotOf } from "./snapshot";

/** What a screen reads is made of these; drafts are apart. */
const ALL = ["rows", "incoming", "mutations", "sent", "receipts", "meta"] as const;

export class FieldStore {
  readonly #db: Database<UserSchema>;
  readonly #listeners = new Set<(moved: Moved | null) => void>();
  readonly #revisions = new Revisions();
  #snapshot = snapshotOf([], [], [], FRESH_META);
  #isClosed = false;
  #taken = 0;
  #loading: Promise<void> | null = null;

  /** `onOutdated` is called when a newer build asks for the database (C07). */
  constructor(readonly userId: string, readonly deviceId: string, parts: IndexedDbParts, onOutdated?: () => void) {
    this.#db = userDatabase(userId, deviceId, parts, onOutdated);
  }

  get name(): string {
    return this.#db.name;
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Call back after every change with what other tabs have to read again, or null when it came from one of them. */
  onChange(listener: (moved: Moved | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Read everything again. Calls that meet share one reading. */
  async load(): Promise<void> {
    await this.#readAll();
    this.#changed(null);
  }

  /** Take in what other tabs changed: the rows they name, or everything when one of them was missed. */
  async follow(news: readonly Moved[]): Promise<void> {
    const moves = news.filter((moved) => moved.database === this.name);
    if (moves.length === 0) return;
    if (moves.some((moved) => moved.records === "all")) return this.load();
    const records = moves.flatMap((moved) => (moved.records === "all" ? [] : moved.records));
    const { patch, meta } = await this.#read((tx) => readAgain(tx, records, moves.flatMap((moved) => moved.mutations)));
    for (const moved of moves) this.#revisions.took(moved.revision);
    this.#take(patch, meta);
    this.#changed(null);
    await this.catchUp();
  }

  /** Read everything again if another tab changed something this one was not told of. */
  async catchUp(): Promise<void> {
    const { revision } = await this.#read(readMeta);
    if (!this.#revisions.isCurrent(revision)) await this.load();
  }

  /** CL1: mutations, and refusals put away with them, in one transaction; resolves when they are on the disk. */
  write(actions: readonly Action[], discarded: readonly string[] = [], drafts: readonly Draft[] = []): Promise<void> {
    // The drafts' store is taken only when needed: a form that saves itself waits for nobody.
    const stores = [...(["rows", "mutations", "meta"] as const), ...(drafts.length > 0 ? (["drafts"] as const) : [])];
    return this.#change(stores, async (tx, meta) => {
      await Promise.all(drafts.map((draft) => tx.objectStore("drafts").put(draft)));
      const rows = await enqueue(tx, meta, actions);
      if (!rows) return "all";
      const put = await Promise.all(discarded.map((id) => putState(tx, id, "discarded")));
      return { ...NO_PATCH, mutations: [...rows, ...put.flat()].map((row) => [row.id, row]) };
    });
  }

  async batch(count: number, bytes: number): Promise<Batch> {
    const { batch, meta } = await this.#read(async (tx) => {
      const meta = await readMeta(tx);
      return { meta, batch: await nextBatch(tx, meta, count, bytes) };
    });
    // A tab killed between its writing and its telling leaves this one behind.
    if (!this.#revisions.isCurrent(meta.revision)) void this.load().catch(() => undefined);
    return batch;
  }

  /** PL7: receipts, upserts, tombstones and the cursor of one answer, all or nothing. */
  apply(answered: Answered): Promise<void> {
    return this.#change([...ALL], (tx, meta) => applyAnswer(tx, meta, answered));
  }

  /** CL11: all that waits, as it would be sent. */
  wholeQueue(): Promise<WireMutation[]> {
    return this.#read(wholeQueue);
  }

  /** PL5: sent copies that are not sealed yet, at most so many. */
  clearCopies(count: number): Promise<Mutation[]> {
    return this.#read((tx) => clearCopies(tx, count));
  }

  putSealed(copies: ReadonlyMap<string, string>): Promise<void> {
    return this.#db.transaction("readwrite", ["sent"], (tx) => putSealed(tx, copies));
  }

  /** CL4: this one can't be sent at all; it stays visible and the rest go on. */
  refuse(mutationId: string): Promise<void> {
    return this.#change(["mutations", "sent", "meta"], async (tx, meta) => {
      if (await setAside(tx, meta, mutationId)) return NO_PATCH;
      return { ...NO_PATCH, mutations: (await putState(tx, mutationId, "refused")).map((row) => [row.id, row]) };
    });
  }

  /** Put away, or take back, a refusal the server does not know of. */
  setDiscarded(mutationId: string, discarded: boolean): Promise<void> {
    return this.#setState(mutationId, discarded ? "discarded" : "refused");
  }

  setMeta(values: Partial<Meta>): Promise<void> {
    return this.#change(["meta"], async (_tx, meta) => {
      Object.assign(meta, values);
      return NO_PATCH;
    });
  }

  /** That something was opened here goes along with the next request. */
  noteOpened(id: string): Promise<void> {
    return this.#change(["meta"], async (_tx, meta) => {
      noteOpened(meta, id);
      return NO_PATCH;
    });
  }

  /** PL6: forget what has left this phone's window, at most once a day. */
  async prune(today: string): Promise<void> {
    const { meta: seen, confirmed, pending } = this.#snapshot;
    if (seen.pruned_on === today || !seen.complete) return;
    const keys = leavingWindow(confirmed, pending, this.userId, today);
    await this.#change(["rows", "receipts", "meta"], async (tx, meta) => {
      // A mutation written since the snapshot keeps everything for another day.
      if (meta.device_seq !== seen.device_seq) return NO_PATCH;
      await Promise.all(keys.flatMap((key) => [tx.objectStore("rows").delete(key), tx.objectStore("receipts").delete(key)]));
      meta.pruned_on = today;
      return { ...NO_PATCH, rows: keys.map((key) => [key, null]), receipts: keys.map((key) => [key, null]) };
    });
  }

  /** CL8: forget what can be read and what the server has; what it has no receipt for stays for this user. */
  async forgetConfirmed(): Promise<void> {
    await this.#change([...ALL, "drafts"], async (tx, meta) => {
      const mutations = tx.objectStore("mutations");
      const received = (await mutations.getAll()).filter((row) => row.blob.receipt !== null);
      await Promise.all([
        ...(["rows", "incoming", "receipts", "drafts"] as const).map((name) => tx.objectStore(name).clear()),
        ...received.map((row) => mutations.delete(row.id)),
        forgetClear(tx),
      ]);
      // The epoch stays, or a restore while nobody was signed in would go unnoticed (PL5).
      const { device_seq, revision, offset_ms, epoch, again, stuck } = meta;
      Object.assign(meta, FRESH_META, { device_seq, revision, offset_ms, epoch, again, stuck, opened: toTell(meta) });
      return "all";
    });
  }

  async saveDraft(draft: Draft): Promise<void> {
    await this.#db.transaction("readwrite", ["drafts"], (tx) => tx.objectStore("drafts").put(draft));
  }

  readDraft(key: string): Promise<Draft | undefined> {
    return this.#db.transaction("readonly", ["drafts"], (tx) => tx.objectStore("drafts").get(key));
  }

  dropDraft(key: string): Promise<void> {
    return this.#db.transaction("readwrite", ["drafts"], (tx) => tx.objectStore("drafts").delete(key));
  }

  allDrafts(): Promise<Draft[]> {
    return this.#db.transaction("readonly", ["drafts"], (tx) => tx.objectStore("drafts").getAll());
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#db.close();
  }

  #setState(mutationId: string, state: string): Promise<void> {
    return this.#change(["mutations", "meta"], async (tx) => (
      { ...NO_PATCH, mutations: (await putState(tx, mutationId, state)).map((row) => [row.id, row]) }
    ));
  }

  /** The one way anything here changes: a transaction that counts itself, then the same in memory, then the news. */
  async #change(stores: ((typeof ALL)[number] | "drafts")[], work: (tx: UserTx, meta: Meta) => Promise<Patch | "all">): Promise<void> {
    const { patch, meta, isIdle } = await this.#db.transaction("readwrite", stores, async (tx) => {
      const meta = await readMeta(tx);
      const before = JSON.stringify(meta);
      const patch = await work(tx, meta);
      const isIdle = patch !== "all" && isEmpty(patch) && JSON.stringify(meta) === before;
      if (!isIdle) {
        meta.revision++;
        await tx.objectStore("meta").put(meta, META);
      }
      return { patch, meta, isIdle };
    });
    // A round trip that brought nothing is no news, or two tabs would wake each other for ever.
    if (isIdle) return;
    this.#revisions.took(meta.revision);
    if (patch === "all") await this.#readAll();
    else this.#take(patch, meta);
    this.#changed(movedBy(patch, this.name, meta.revision));
  }

  #take(patch: Patch, meta: Meta): void {
    this.#taken++;
    this.#snapshot = patched(this.#snapshot, patch, meta);
  }

  #readAll(): Promise<void> {
    // What changed before this call must be in the reading that answers it.
    this.#taken++;
    this.#loading ??= this.#readUntilStill().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** Read until nothing was taken in meanwhile, so that an older reading never hides a newer change. */
  async #readUntilStill(): Promise<void> {
    for (let before = -1; before !== this.#taken;) {
      before = this.#taken;
      const { rows, mutations, receipts, meta } = await this.#read(readEverything);
      if (before !== this.#taken) continue;
      this.#revisions.readTo(meta.revision);
      this.#snapshot = snapshotOf(rows, mutations, receipts, meta);
    }
  }

  #read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    return this.#db.transaction("readonly", ["rows", "mutations", "receipts", "sent", "meta"], work);
  }

  #changed(moved: Moved | null): void {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(moved);
  }
}
