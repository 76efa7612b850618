/** A basemap that was replaced on the server while one looked at the older one: trying again fetches the newer. */
import { expect, it, vi } from "vitest";
import { MemoryCaches } from "../map/testing/cacheStorage";
import type { BasemapLine } from "../ports";
import { basemap, keepOffered, lookForBasemap } from "./basemap";
import * as state from "./state";

const FILE = new Uint8Array(200);
FILE.set([..."PMTiles\x03"].map((sign) => sign.charCodeAt(0)));
const base = (version: string) => ({ url: `/api/v1/basemap/${version}`, version, bytes: FILE.length, bounds: [17, 59, 19, 60] as [number, number, number, number], min_zoom: 0, max_zoom: 15, attribution: "© Demo" });
const [OLD, NEW] = [base("0123456789abcdef"), base("fedcba9876543210")];

it("after a bad line the server is asked again what it has", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("caches", new MemoryCaches());
  let now = OLD;
  const line: BasemapLine = {
    storageUse: async () => null,
    offered: async () => now,
    range: async (one, from, until) => (one.version === now.version ? FILE.slice(from, until).buffer : Promise.reject(new Error("404"))),
  };
  vi.spyOn(state, "app").mockReturnValue({ basemap: async () => line } as unknown as ReturnType<typeof state.app>);
  await lookForBasemap();
  now = NEW;
  const failing = keepOffered();
  await vi.advanceTimersByTimeAsync(60_000);
  await failing;
  expect([basemap.value.why, basemap.value.offered?.version, basemap.value.kept]).toEqual(["line", NEW.version, null]);
  await keepOffered();
  expect([basemap.value.why, basemap.value.kept?.version]).toEqual([null, NEW.version]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
