/** The phone's copy of the basemap: whole or not at all, exactly the server's bytes, and gone before any record is refused. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leavesRoom, PIECE_BYTES, piecesOf, RESERVE_BYTES, type Basemap } from "../domain/basemap";
import { dropMapCaches } from "../sync/browser";
import { CACHE, forgetBasemap, keepBasemap, keptBasemap, keptRange, tidy } from "./kept";
import { MemoryCaches } from "./testing/cacheStorage";

const BYTES = 2 * PIECE_BYTES + 1000;
const content = new Uint8Array(BYTES).map((_, n) => n % 251);
content.set([..."PMTiles\x03"].map((sign) => sign.charCodeAt(0)));
const base = (version: string, bytes = BYTES): Basemap => ({ url: `/api/v1/basemap/${version}`, version, bytes, bounds: [17, 59, 19, 60], min_zoom: 0, max_zoom: 15, attribution: "© Demo" });
const [OLD, NEW] = [base("0123456789abcdef"), base("fedcba9876543210")];
const isPart = (bytes: Uint8Array, from: number, until: number) => bytes.length === until - from && bytes.every((byte, n) => byte === content[from + n]);
const part = (from: number, until: number) => content.slice(from, until).buffer;

let storage: MemoryCaches;
beforeEach(() => vi.stubGlobal("caches", (storage = new MemoryCaches())));
afterEach(() => vi.unstubAllGlobals());

type Told = Partial<Parameters<typeof keepBasemap>[1]>;
const keep = (basemap: Basemap, told: Told = {}) => keepBasemap(basemap, {
  range: (_, from, until) => Promise.resolve(part(from, until)), hasRoom: () => Promise.resolve(true), signal: new AbortController().signal,
  onProgress: () => undefined, pause: () => Promise.resolve(), ...told,
});
const remains = async (name: string) => [...((await storage.has(name)) ? await (await storage.open(name)).keys() : [])].length;

describe("a copy of the basemap", () => {
  it("is whole, says how far it is, and gives any range back", async () => {
    const done: number[] = [];
    await keep(OLD, { onProgress: (bytes) => done.push(bytes) });
    expect(done).toEqual([PIECE_BYTES, 2 * PIECE_BYTES, BYTES]);
    expect(await keptBasemap()).toEqual(OLD);
    for (const [from, until] of [[0, 127], [PIECE_BYTES - 5, PIECE_BYTES + 5], [10, BYTES], [BYTES - 1, BYTES]] as const)
      expect(isPart(new Uint8Array((await keptRange(OLD, from, until))!), from, until)).toBe(true);
    expect([await keptRange(NEW, 0, 10), await keptRange(OLD, BYTES - 1, BYTES + 1)]).toEqual([null, null]);
  });

  it("broken off it leaves nothing, and the older one as it was", async () => {
    const breakOff = () => {
      const stop = new AbortController();
      return { signal: stop.signal, onProgress: () => stop.abort(), range: (_: Basemap, from: number, until: number) => (stop.signal.aborted ? Promise.reject(stop.signal.reason) : Promise.resolve(part(from, until))) };
    };
    await expect(keep(OLD, breakOff())).rejects.toThrow("aborted");
    expect([await keptBasemap(), await storage.has(CACHE)]).toEqual([null, false]);
    await keep(OLD);
    await expect(keep(NEW, breakOff())).rejects.toThrow("aborted");
    expect([await keptBasemap(), await remains(CACHE)]).toEqual([OLD, 4]);
    await keep(NEW);
    expect([await keptBasemap(), await remains(CACHE)]).toEqual([NEW, 4]);
    await forgetBasemap();
    expect([await keptBasemap(), await storage.has(CACHE), storage.usedBytes]).toEqual([null, false, 0]);
  });

  it("broken off between two tries it waits no longer", async () => {
    const stop = new AbortController();
    const range = () => (setTimeout(() => stop.abort(), 20), Promise.reject(new Error("tunnel")));
    const ended = keep(OLD, { range, signal: stop.signal, pause: undefined as never }).catch((error: unknown) => String(error));
    expect(await Promise.race([ended, new Promise((late) => setTimeout(() => late("still waiting"), 1000))])).toContain("aborted");
  });

  it("C18 is never made of what only looks right: another beginning, or a line that fails three times", async () => {
    await expect(keep(OLD, { range: (_, from, until) => Promise.resolve(new TextEncoder().encode("<html>".padEnd(until - from)).buffer as ArrayBuffer) })).rejects.toMatchObject({ why: "line" });
    let tries = 0;
    await expect(keep(OLD, { range: () => (tries++, Promise.reject(new Error("portal"))) })).rejects.toMatchObject({ why: "line" });
    expect([tries, await storage.has(CACHE)]).toEqual([3, false]);
    let failed = 0;
    await keep(OLD, { range: (_, from, until) => (failed++ % 2 === 0 ? Promise.reject(new Error("tunnel")) : Promise.resolve(part(from, until))) });
    expect(await keptBasemap()).toEqual(OLD);
  });

  it("is not begun without clear room for records, ends where that goes, and where the disk says no", async () => {
    const use = { quotaBytes: RESERVE_BYTES + BYTES, usedBytes: 0 };
    expect([leavesRoom(BYTES, use), leavesRoom(BYTES, { ...use, usedBytes: 1 }), leavesRoom(BYTES, null)]).toEqual([true, false, true]);
    const asked: number[] = [];
    await expect(keep(OLD, { hasRoom: (bytes) => (asked.push(bytes), Promise.resolve(false)) })).rejects.toMatchObject({ why: "full" });
    expect([asked, await storage.has(CACHE)]).toEqual([[BYTES], false]);
    await expect(keep(OLD, { hasRoom: (bytes) => Promise.resolve(bytes !== 1000) })).rejects.toMatchObject({ why: "full" });
    storage.mostBytes = PIECE_BYTES;
    await expect(keep(OLD)).rejects.toMatchObject({ why: "full" });
    expect(await storage.has(CACHE)).toBe(false);
  });

  it("CL9 goes before any record is refused, kept or half fetched, and is not made behind the record's back", async () => {
    await storage.open("faltlogg-shell");
    await keep(OLD);
    expect(await dropMapCaches()).toBe(true);
    expect([await keptBasemap(), await storage.keys(), storage.usedBytes]).toEqual([null, ["faltlogg-shell"], 0]);
    for (const last of [PIECE_BYTES, BYTES]) {
      let fetched = 0;
      const range = (_: Basemap, from: number, until: number) => ((fetched = until), Promise.resolve(part(from, until)));
      await expect(keep(OLD, { range, onProgress: (bytes) => void (bytes === last && storage.delete(CACHE)) })).rejects.toMatchObject({ why: "evicted" });
      expect(fetched).toBe(last);
    }
    expect([await keptBasemap(), await storage.keys()]).toEqual([null, ["faltlogg-shell"]]);
  });

  it("goes though a piece of it can't be deleted", async () => {
    for (const away of [forgetBasemap, tidy]) {
      await keep(OLD);
      const cache = await storage.open(CACHE);
      await cache.delete("/map-basemap/kept");
      const remove = cache.delete.bind(cache);
      cache.delete = (one) => (typeof one !== "string" && one.url.endsWith("/1") ? Promise.reject(new Error("disk")) : remove(one));
      await away();
      expect([await storage.has(CACHE), storage.usedBytes]).toEqual([false, PIECE_BYTES]);
      storage.usedBytes = 0;
    }
  });

  it.each([0, 1, 2])("a copy that lacks a piece, as of a phone that died meanwhile, is none and is tidied away: %s", async (n) => {
    await keep(OLD);
    await (await storage.open(CACHE)).delete(`/map-basemap/${OLD.version}/${n}`);
    expect(await keptBasemap()).toBeNull();
    await tidy();
    expect(await storage.has(CACHE)).toBe(false);
  });

  it("where there is no Cache Storage there is none", async () => {
    vi.stubGlobal("caches", undefined);
    expect([await keptBasemap(), await keptRange(OLD, 0, 9), await tidy()]).toEqual([null, null, true]);
  });
});

it("pieces are the file, each byte once", () => {
  for (const bytes of [1, PIECE_BYTES, PIECE_BYTES + 1, BYTES]) {
    const pieces = piecesOf(bytes);
    expect([pieces[0]![0], pieces.at(-1)![1]]).toEqual([0, bytes]);
    expect(pieces.slice(1).every(([from], n) => from === pieces[n]![1])).toBe(true);
  }
});
