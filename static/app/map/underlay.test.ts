/** What lies under the map is the basemap asked for last, or nothing. */
import type { Map as MapLibre } from "maplibre-gl";
import { beforeEach, expect, it, vi } from "vitest";
import type { Basemap } from "../domain/basemap";
import type { Colours } from "./looks";
import { Underlay, type ReadBytes } from "./underlay";

vi.mock("maplibre-gl", () => ({ addProtocol: () => undefined })); // draws, which Node can't

// A header of PMTiles 3 and an empty root directory, not packed.
const FILE = new Uint8Array(128);
FILE.set([..."PMTiles\x03"].map((sign) => sign.charCodeAt(0)));
FILE[8] = 127;
FILE[16] = FILE[97] = 1;
const base = (version: string): Basemap => ({ url: `/api/v1/basemap/${version}`, version, bytes: FILE.length, bounds: [17, 59, 19, 60], min_zoom: 8, max_zoom: 12, attribution: "© Demo" });
const [OLD, NEW] = [base("0123456789abcdef"), base("fedcba9876543210")];
const read: ReadBytes = (_, from, until) => Promise.resolve(FILE.slice(from, until).buffer);
const unreadable: ReadBytes = () => Promise.reject(new Error("line"));

let sources: Map<string, { tiles: string[] }>;
let layers: string[];
let underlay: Underlay;
beforeEach(() => {
  [sources, layers] = [new Map(), []];
  underlay = new Underlay({
    addSource: (name: string, source: { tiles: string[] }) => sources.set(name, source),
    removeSource: (name: string) => sources.delete(name),
    getSource: () => undefined,
    addLayer: ({ id }: { id: string }) => layers.push(id),
    removeLayer: (id: string) => layers.splice(layers.indexOf(id), 1),
    setPaintProperty: () => undefined,
  } as unknown as MapLibre);
});
const lay = (basemap: Basemap, how = read) => underlay.lay(basemap, () => ({}) as Colours, how, () => undefined);
const lies = () => [...sources.values()].map(({ tiles }) => /\/\/(\w+)-/.exec(tiles[0]!)![1]);

it("a newer one takes an older one's place, and leaves nothing of it where it can't be read", async () => {
  expect([await lay(OLD), lies()]).toEqual([true, [OLD.version]]);
  const drawn = layers.length;
  expect([await lay(NEW), lies(), layers.length]).toEqual([true, [NEW.version], drawn]);
  await expect(lay(OLD, unreadable)).rejects.toThrow("line");
  expect([lies(), layers]).toEqual([[], []]);
});

it.each([["arrives", read], ["fails", unreadable]])("an older one that %s after a newer one changes nothing", async (_, late) => {
  let goOn = () => {};
  const held = new Promise<void>((done) => (goOn = done));
  const older = lay(OLD, async (...asked) => (await held, late(...asked)));
  expect(await lay(NEW)).toBe(true);
  goOn();
  expect([await older, lies()]).toEqual([false, [NEW.version]]);
});
