/** Keeping the basemap on a phone while the server's is replaced, or while one changes one's mind. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MemoryCaches } from "../map/testing/cacheStorage";
import { browserClock } from "../sync/browser";
import { basemapLine } from "../transport/basemap";
import { basemap, keepOffered, lookForBasemap, stopKeeping } from "./basemap";

const [OLD, NEW] = ["0123456789abcdef", "fedcba9876543210"];
const FILE = new Uint8Array(1000);
FILE.set([..."PMTiles\x03"].map((sign) => sign.charCodeAt(0)));
const PATH = "/api/v1/basemap";
let now = OLD;

async function answer(path: string): Promise<Response> {
  if (path === PATH) return Response.json({ basemap: { url: `${PATH}/${now}`, version: now, bytes: FILE.length, bounds: [17, 59, 19, 60], min_zoom: 0, max_zoom: 15, attribution: "© Demo" } });
  if (path !== `${PATH}/${now}`) return new Response("{}", { status: 404 });
  return new Response(FILE, { status: 206, headers: { ETag: `"${now}"`, "Content-Range": `bytes 0-${FILE.length - 1}/${FILE.length}` } });
}
const line = basemapLine({ fetch: ((path: string) => answer(path)) as typeof fetch, clock: browserClock, storageUse: () => Promise.resolve(null) });
vi.mock("./state", () => ({ app: () => ({ basemap: () => Promise.resolve(line) }) }));

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("caches", new MemoryCaches());
  now = OLD;
  await lookForBasemap();
  now = NEW;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const state = () => [basemap.value.why, basemap.value.offered?.version, basemap.value.kept?.version, basemap.value.doneBytes];

it("one that was replaced since the screen was opened is said to be, and the next try keeps the newer one", async () => {
  const tried = keepOffered();
  await vi.advanceTimersByTimeAsync(10_000);
  await tried;
  expect(state()).toEqual(["replaced", NEW, undefined, null]);
  await keepOffered();
  expect(state()).toEqual([null, NEW, NEW, null]);
});

it("*Avbryt* between two tries ends at once", async () => {
  const tried = keepOffered();
  await vi.advanceTimersByTimeAsync(1000);
  stopKeeping();
  await vi.advanceTimersByTimeAsync(0);
  expect(state()).toEqual(["stopped", OLD, undefined, null]);
  await tried;
});
