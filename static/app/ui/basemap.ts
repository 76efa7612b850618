/**
 * The basemap as this phone has it: what is kept, what the server has, and the keeping under way, which goes on while one
 * does something else. Loaded with the map.
 */
import { signal } from "@preact/signals";
import { leavesRoom, type Basemap } from "../domain/basemap";
import { forgetBasemap, keepBasemap, keptBasemap, keptRange, NotKept, tidy } from "../map/kept";
import type { ReadBytes } from "../map/underlay";
import type { BasemapLine, StorageUse } from "../ports";
import { app } from "./state";

export interface BasemapState {
  kept: Basemap | null;
  /** What the server has; null of none, and as long as nobody answered. */
  offered: Basemap | null;
  use: StorageUse | null;
  /** Bytes so far of the keeping under way. */
  doneBytes: number | null;
  /** Why nothing was kept the last time. */
  why: NotKept["why"] | "stopped" | "replaced" | null;
}

export const basemap = signal<BasemapState>({ kept: null, offered: null, use: null, doneBytes: null, why: null });
const note = (news: Partial<BasemapState>) => (basemap.value = { ...basemap.peek(), ...news });
let stop: AbortController | null = null;

/** Looks at what is kept, and asks the server where it can be reached. Never rejects. */
export async function lookForBasemap(): Promise<void> {
  await tidy().catch(() => false);
  note({ kept: await keptBasemap().catch(() => null) });
  const line = await app().basemap();
  const [offered, use] = await Promise.all([line.offered().catch(() => undefined), line.storageUse().catch(() => null)]);
  note({ use, ...(offered !== undefined && { offered }) });
}

/** From the phone where it has the bytes, else from the server. */
export const readBasemap: ReadBytes = async (one, from, until, signal) => {
  const kept = await keptRange(one, from, until).catch(() => null);
  return kept ?? (await app().basemap()).range(one, from, until, signal);
};

export async function keepOffered(): Promise<void> {
  const { offered, doneBytes } = basemap.peek();
  if (!offered || doneBytes !== null) return;
  stop = new AbortController();
  note({ doneBytes: 0, why: null });
  const line = await app().basemap().catch(() => null); // its part of the app may be neither kept nor to be had
  if (!line) return void note({ doneBytes: null, why: "line" });
  try {
    await keepBasemap(offered, {
      range: line.range, signal: stop.signal, onProgress: (doneBytes) => note({ doneBytes }), hasRoom: async (bytes) => leavesRoom(bytes, await line.storageUse()),
    });
  } catch (error) {
    note({ why: error instanceof NotKept ? error.why : stop.signal.aborted ? "stopped" : "full" });
  } finally {
    note({ doneBytes: null, kept: await keptBasemap().catch(() => null), use: await line.storageUse().catch(() => null) });
  }
  if (basemap.peek().why === "line") await askAnew(offered, line);
}

/** What could not be fetched may have been replaced: trying again would then never help. */
async function askAnew(tried: Basemap, line: BasemapLine): Promise<void> {
  const offered = await line.offered().catch(() => undefined);
  if (offered === undefined || basemap.peek().doneBytes !== null) return;
  note({ offered, ...(offered && offered.version !== tried.version && { why: "replaced" }) });
}

export const stopKeeping = (): void => stop?.abort();

export async function removeKept(): Promise<void> {
  await forgetBasemap();
  note({ kept: null, why: null, use: await (await app().basemap()).storageUse().catch(() => null) });
}
