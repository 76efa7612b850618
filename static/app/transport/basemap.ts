/** The line to the server's basemap: what it is, and parts of it. Nothing but exactly what was asked for is taken (C18). */
import type { Basemap, BasemapLine, Clock, StorageUse } from "../ports";

const PATH = "/api/v1/basemap";
const TIMEOUT_MS = 60_000; // a piece on a slow line
const MOST_BYTES = 1024 ** 3;
const LONGEST_CREDIT = 200;

interface Parts {
  fetch: typeof fetch;
  clock: Pick<Clock, "setTimeout" | "clearTimeout">;
  storageUse: () => Promise<StorageUse | null>;
}

export function basemapLine({ fetch: fetcher, clock, storageUse }: Parts): BasemapLine {
  async function ask<T>(path: string, headers: Record<string, string>, signal: AbortSignal | undefined, read: (response: Response) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const abort = () => stop.abort();
    const timer = clock.setTimeout(abort, TIMEOUT_MS);
    signal?.addEventListener("abort", abort);
    try {
      signal?.throwIfAborted();
      return await read(await fetcher(path, { redirect: "error", credentials: "same-origin", cache: "no-store", signal: stop.signal, headers }));
    } finally {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  return {
    storageUse,
    offered: () => ask(PATH, { Accept: "application/json" }, undefined, async (response) => {
      const found = response.ok ? asBasemap(await response.json()) : undefined;
      if (found === undefined) throw new Error("not the server's answer");
      return found;
    }),
    range: ({ url, version, bytes }, from, until, signal) => {
      const end = Math.min(until, bytes);
      return ask(url, { Range: `bytes=${from}-${end - 1}` }, signal, async (response) => {
        const { status, headers } = response;
        if (status !== 206 || headers.get("ETag") !== `"${version}"` || headers.get("Content-Range") !== `bytes ${from}-${end - 1}/${bytes}`) throw new Error("not the part that was asked for");
        const part = await response.arrayBuffer();
        if (part.byteLength !== end - from) throw new Error("cut off");
        return part;
      });
    },
  };
}

/** Read what a server says; undefined of what is no such answer, null where there is no basemap. */
export function asBasemap(value: unknown): Basemap | null | undefined {
  const found = (value as { basemap?: Partial<Basemap> | null } | null)?.basemap;
  if (found === null) return null;
  if (typeof found !== "object") return undefined;
  const { url, version, bytes, bounds, min_zoom, max_zoom, attribution } = found;
  const isSound =
    typeof version === "string" && /^[0-9a-f]{16}$/.test(version) && url === `${PATH}/${version}` && isWhole(bytes, 1, MOST_BYTES) &&
    isWhole(min_zoom, 0, 30) && isWhole(max_zoom, min_zoom, 30) && Array.isArray(bounds) && bounds.length === 4 && bounds.every(Number.isFinite) &&
    typeof attribution === "string" && attribution.length <= LONGEST_CREDIT;
  return isSound ? ({ url, version, bytes, bounds, min_zoom, max_zoom, attribution } as Basemap) : undefined;
}

const isWhole = (value: unknown, low: number, high: number): value is number => Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
