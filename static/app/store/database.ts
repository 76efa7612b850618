/**
 * One IndexedDB database behind one call: run this work in one transaction. What the system may do to
 * it at any moment (CL9) becomes a retry or an error with a name. Must not know what is stored.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames, wrap } from "idb";
import { StoreClosed, StoreFull, StoreOutdated } from "../domain/errors";

/** Where databases come from; a test gives each phone its own. */
export interface IndexedDbParts {
  indexedDB: IDBFactory;
  /** CL9: what the phone can spare goes first when it is full; resolves to whether anything went. */
  makeRoom?: () => Promise<boolean>;
}

export interface Design<Schema extends DBSchema> {
  name: string;
  version: number;
  /** Makes the stores, or brings an older build's forward; runs inside the version change and awaits nothing else. */
  build: (db: IDBPDatabase<Schema>, tx: VersionTx<Schema>, from: number) => void | Promise<void>;
}
export type VersionTx<Schema extends DBSchema> = IDBPTransaction<Schema, StoreNames<Schema>[], "versionchange">;

export type Mode = "readonly" | "readwrite";
export type Tx<Schema extends DBSchema, M extends Mode = "readwrite"> = IDBPTransaction<Schema, StoreNames<Schema>[], M>;

const TRIES = 4;
/** How a connection says that it was taken away; Safari's network process is an UnknownError when it dies. */
const LOST = new Set(["AbortError", "InvalidStateError", "TimeoutError", "TransactionInactiveError", "UnknownError"]);

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : "");

export class Database<Schema extends DBSchema> {
  readonly #design: Design<Schema>;
  readonly #parts: IndexedDbParts;
  readonly #onOutdated: () => void;
  #connection: Promise<IDBPDatabase<Schema>> | null = null;
  #isClosed = false;

  /** `onOutdated` is called when a newer build asks for the database (C07). */
  constructor(design: Design<Schema>, parts: IndexedDbParts, onOutdated: () => void = () => undefined) {
    this.#design = design;
    this.#parts = parts;
    this.#onOutdated = onOutdated;
  }

  get name(): string {
    return this.#design.name;
  }

  /**
   * Run a piece of work in one transaction, all or nothing; resolves when it is on the disk. The work may run
   * again, and must await nothing but requests of its transaction. Raises StoreFull, StoreOutdated, StoreClosed.
   */
  async transaction<M extends Mode, T>(mode: M, stores: StoreNames<Schema>[], work: (tx: Tx<Schema, M>) => Promise<T>): Promise<T> {
    let roomMade = false;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(mode, stores, work);
      } catch (error) {
        const name = nameOf(error);
        if (name === "QuotaExceededError") {
          if (roomMade || !(await this.#makeRoom())) throw new StoreFull();
          roomMade = true;
          continue;
        }
        if (name === "VersionError") throw new StoreOutdated();
        if (!LOST.has(name) || tries === TRIES) throw error;
        this.#leave();
      }
    }
  }

  /** Let go for good; what is under way ends, and nothing opens the database again (CL8). */
  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  async #once<M extends Mode, T>(mode: M, stores: StoreNames<Schema>[], work: (tx: Tx<Schema, M>) => Promise<T>): Promise<T> {
    const db = await this.#open();
    // CL1: "saved" must mean on the disk, not in the browser's buffer.
    const tx = db.transaction(stores, mode, { durability: "strict" });
    const ended = tx.done.then(() => null, (error: unknown) => error);
    let result: T;
    try {
      result = await work(tx);
    } catch (error) {
      abort(tx);
      const cause = await ended;
      // A request that falls with its transaction says AbortError; only the transaction knows why (a full disk).
      throw nameOf(error) === "AbortError" ? (cause ?? error) : error;
    }
    const failure = await ended;
    if (failure !== null) throw failure;
    return result;
  }

  async #makeRoom(): Promise<boolean> {
    return (await this.#parts.makeRoom?.().catch(() => false)) ?? false;
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    if (this.#isClosed) return Promise.reject(new StoreClosed());
    if (this.#connection) return this.#connection;
    const opening = this.#connect(() => this.#forget(opening));
    this.#connection = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  async #connect(gone: () => void): Promise<IDBPDatabase<Schema>> {
    const { name, version, build } = this.#design;
    const request = this.#parts.indexedDB.open(name, version);
    // The library types what it wraps without a schema; this database's is the one built here.
    const typed = (db: unknown): IDBPDatabase<Schema> => db as IDBPDatabase<Schema>;
    request.addEventListener("upgradeneeded", ({ oldVersion }) => {
      const tx = wrap(request.transaction!) as unknown as VersionTx<Schema>;
      // C12: an upgrade is whole or did not happen.
      Promise.resolve(build(typed(wrap(request.result)), tx, oldVersion)).catch(() => abort(tx));
    });
    // Blocked, it waits: the older tab closes as soon as its transactions have ended.
    const db = typed(await wrap(request));
    // The system closed it: the next piece of work opens it again.
    db.addEventListener("close", gone);
    db.addEventListener("versionchange", (event) => {
      // C07: the newer build goes first. Should its upgrade fail, the next piece of work opens this one again.
      gone();
      db.close();
      if (event.newVersion !== null) this.#onOutdated();
    });
    return db;
  }

  #forget(connection: Promise<unknown>): void {
    if (this.#connection === connection) this.#connection = null;
  }

  #leave(): void {
    const left = this.#connection;
    this.#connection = null;
    left?.then((db) => db.close(), () => undefined);
  }
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It is over already, and that is all that is asked.
  }
}
