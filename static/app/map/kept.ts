/**
 * The phone's own copy of a basemap, in pieces, where `dropMapCaches` finds it: it goes before any record is refused
 * (CL9). A copy counts from the moment its last line is written, which says what it is; what lacks that is thrown away.
 */
import { isPmtiles, PIECE_BYTES, piecesOf, type Basemap } from "../domain/basemap";

export const CACHE = "map-basemap";
const LINE = "/map-basemap/kept";
const TRIES = 3;

const pieceAt = ({ version }: Basemap, n: number) => `/map-basemap/${version}/${n}`;

/** Why a copy was not made: no room is left, it went to make room meanwhile, the line is too bad, another tab is at it. */
export class NotKept extends Error {
  constructor(readonly why: "full" | "evicted" | "line" | "busy") {
    super(why);
  }
}

/** What is kept, whole; null of nothing. Never makes a cache. */
export async function keptBasemap(): Promise<Basemap | null> {
  if (typeof caches === "undefined" || !(await caches.has(CACHE))) return null;
  const cache = await caches.open(CACHE);
  const basemap = (await (await cache.match(LINE))?.json().catch(() => null)) as Basemap | null | undefined;
  if (!basemap) return null;
  const names = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const first = await keptRange(basemap, 0, Math.min(basemap.bytes, 127));
  return first && isPmtiles(first) && piecesOf(basemap.bytes).every((_, n) => names.has(pieceAt(basemap, n))) ? basemap : null;
}

/** Bytes of a version from the phone; null where it lacks any of them. */
export async function keptRange(basemap: Basemap, from: number, until: number): Promise<ArrayBuffer | null> {
  if (typeof caches === "undefined") return null;
  const parts: Blob[] = [];
  for (let n = Math.floor(from / PIECE_BYTES); n * PIECE_BYTES < until; n++) {
    const found = await caches.match(pieceAt(basemap, n), { cacheName: CACHE });
    if (!found) return null;
    parts.push((await found.blob()).slice(Math.max(0, from - n * PIECE_BYTES), until - n * PIECE_BYTES));
  }
  const bytes = await new Blob(parts).arrayBuffer();
  return bytes.byteLength === until - from ? bytes : null;
}

interface Keeping {
  range: (basemap: Basemap, from: number, until: number, signal: AbortSignal) => Promise<ArrayBuffer>;
  /** Whether so many bytes more leave room for records. */
  hasRoom: (bytes: number) => Promise<boolean>;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Fetch a basemap and keep it in place of what was kept. Raises `NotKept`, or what aborted it; then nothing of it stays. */
export async function keepBasemap(basemap: Basemap, keeping: Keeping): Promise<void> {
  if (!(await keeping.hasRoom(basemap.bytes))) throw new NotKept("full");
  if (!(await alone(() => fetchAll(basemap, keeping)))) throw new NotKept("busy");
}

async function fetchAll(basemap: Basemap, { range, hasRoom, signal, onProgress, pause = wait }: Keeping): Promise<void> {
  const cache = await caches.open(CACHE);
  try {
    for (const [n, [from, until]] of piecesOf(basemap.bytes).entries()) {
      // Records may have needed the room: what is written into a cache that is gone is gone.
      if (!(await caches.has(CACHE))) throw new NotKept("evicted");
      const piece = await fetched(() => range(basemap, from, until, signal), signal, pause);
      if (n === 0 && !isPmtiles(piece)) throw new NotKept("line");
      if (!(await hasRoom(piece.byteLength))) throw new NotKept("full");
      await cache.put(pieceAt(basemap, n), new Response(piece)).catch(() => Promise.reject(new NotKept("full")));
      onProgress(until);
    }
    await cache.put(LINE, new Response(JSON.stringify(basemap))).catch(() => Promise.reject(new NotKept("full")));
    if ((await keptBasemap())?.version !== basemap.version) throw new NotKept("evicted");
  } finally {
    await tidyUp();
  }
}

/** Throw away what is no part of a whole copy – unless a tab is just making one –, and all of it where there is none. */
export const tidy = (): Promise<boolean> => alone(tidyUp);

async function tidyUp(): Promise<void> {
  const kept = await keptBasemap();
  if (!kept) return forgetBasemap();
  await clear(new Set([LINE, ...piecesOf(kept.bytes).map((_, n) => pieceAt(kept, n))]));
}

export async function forgetBasemap(): Promise<void> {
  if (typeof caches === "undefined" || !(await caches.has(CACHE))) return;
  await clear(new Set()).catch(() => undefined); // a cache that is thrown away keeps its room while a page holds on to it
  await caches.delete(CACHE);
}

async function clear(but: ReadonlySet<string>): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.allSettled((await cache.keys()).filter(({ url }) => !but.has(new URL(url).pathname)).map((one) => cache.delete(one)));
}

/** Resolves to false where another tab is at it. */
async function alone(run: () => Promise<void>): Promise<boolean> {
  if (typeof navigator === "undefined" || !navigator.locks) return run().then(() => true);
  return navigator.locks.request("faltlogg-basemap", { ifAvailable: true }, async (lock) => {
    if (lock) await run();
    return lock !== null;
  });
}

/** Who breaks off waits no longer. */
const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });

async function fetched<T>(get: () => Promise<T>, signal: AbortSignal, pause: NonNullable<Keeping["pause"]>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await get();
    } catch {
      signal.throwIfAborted();
      if (tried === TRIES) throw new NotKept("line");
      await pause(tried * 2000, signal);
      signal.throwIfAborted();
    }
  }
}
