/** The map and its list are made of one set of places: what each looks like, what is said of it, what is drawn of it. */
import { describe, expect, it } from "vitest";
import { LOOKS, MARKS, SIGNS } from "../../map/looks";
import { boundsOf, featuresOf, focusOf, nameSpot } from "../../map/picture";
import { styleOf } from "../../map/style";
import type { Projection } from "../../ports";
import { districtOutlines, elsewhereToday, homeOf, isOnMap, mapPlaces } from "./mapPlaces";

const NOW = "2026-11-23T21:00:00+01:00";
const row = (id: string, fields: object) => ({ id, fields: { id, ...fields } });
const site = (id: string, more: object = {}) => row(id, {
  name: `Demo ${id}`, district: "farsta", kind: "open_drug_scene", mappings: [{ year: 2024, status: "listed" }], safety_level: "normal", safety_reason: null, merged_into_id: null,
  school_near: "no", schools: [], geometry: { type: "Point", coordinates: [18.09, 59.245] }, ...more,
});
const school = (code: string, more: object = {}) => row(code, { school_unit_code: code, name: `Demo skola ${code}`, status: "active", district: "farsta", lat: 59.25, lon: 18.1, ...more });
const visit = (id: string, more: object) => row(id, { site_id: null, school_unit_code: null, place: null, neighbourhood: null, arena: "outdoor", arrived_at: NOW, outcome: "observed", ...more });
const square = { type: "Polygon", coordinates: [[[18, 59.2], [18.2, 59.2], [18.2, 59.3], [18, 59.3], [18, 59.2]]] };
const corner = { lat: 59.2437, lon: 18.0931, label: "Demo hörnet" };

function projection(rows: Partial<Record<string, ReturnType<typeof row>[]>>): Projection {
  return { all: (name: string) => rows[name] ?? [], get: (name: string, id: string) => rows[name]?.find((one) => one.id === id) } as unknown as Projection;
}
const evening = projection({
  districts: [row("d", { code: "farsta", name: "Demo Farsta", outline: square }), row("e", { code: "bromma", name: "Demo Bromma" })],
  sites: [
    site("listed", { school_near: "yes", schools: [{ name: "Demo B", distance_m: 410 }, { name: "Demo A", distance_m: 240.4 }] }),
    site("struck", { mappings: [{ year: 2024, status: "struck" }, { year: 2023, status: "listed" }], safety_level: "do_not_go", safety_reason: "Hot" }),
    site("merged", { merged_into_id: "listed" }), site("new", { kind: "emerging", mappings: [] }),
    site("walk", { kind: "other", mappings: [], safety_level: undefined, geometry: square, district: "bromma" }), site("nothing", { mappings: [] }),
  ],
  schools: [school("1"), school("2", { lat: null, lon: null }), school("3", { status: "closed" })],
  visits: [
    visit("v1", { site_id: "merged" }), visit("v2", { school_unit_code: "1" }), visit("v3", { place: corner }), visit("v4", { place: corner, arrived_at: "2026-11-20T21:00:00+01:00" }),
    visit("v5", { neighbourhood: "Gubbängen" }), visit("v6", { arena: "digital", arrived_at: "2026-11-20T21:00:00+01:00" }),
    visit("v7", { site_id: "new", outcome: "not_visited" }), visit("v8", { site_id: "struck", arrived_at: "2026-11-22T21:00:00+01:00" }),
  ],
});
const told = Object.fromEntries(mapPlaces(evening, NOW).map(({ id, look, signs, words, safety }) => [id, { look, signs, words, safety }]));

describe("what the list says", () => {
  it("by kind and state, with the schools around it, visited today or not, and why to take care", () => {
    expect(told).toEqual({
      listed: { look: "listed", signs: ["visited"], words: "Öppen drogscen i kartläggningen 2024 · skolnära: Demo A (240 m), Demo B (410 m) · besökt idag", safety: null },
      struck: { look: "struck", signs: ["do_not_go"], words: "Struken ur kartläggningen 2024", safety: "Gå inte dit: Hot" },
      new: { look: "emerging", signs: [], words: "Framväxande plats", safety: null },
      walk: { look: "other", signs: [], words: "Annan plats", safety: null },
      nothing: { look: "other", signs: [], words: "Annan plats", safety: null },
      "new-59.2437,18.0931,Demo hörnet": { look: "new", signs: ["visited"], words: "Ny plats utanför registret · besökt idag", safety: null },
      "school-1": { look: "school", signs: ["visited"], words: "Skola · besökt idag", safety: null },
      "school-2": { look: "school", signs: [], words: "Skola · saknar läge på kartan", safety: null },
    });
  });
  it("what was visited at no place of the map, today alone", () => expect(elsewhereToday(evening, NOW)).toEqual(["Gubbängen"]));
  it("how far away each is, once one's own position is asked for, and inside an area 0 m", () => {
    const away = mapPlaces(evening, NOW, { lat: 59.25, lon: 18.1 }).map(({ id, words }) => [id, /(\d+) m bort$/.exec(words)?.[1]]);
    expect(Object.fromEntries(away)).toMatchObject({ "school-1": "0", walk: "0", listed: "795", "school-2": undefined });
  });
});

describe("what the map draws", () => {
  const places = mapPlaces(evening, NOW).filter(isOnMap);
  it("every place of the list that has a position, with the same look and signs, and nothing else", () => {
    const { places: drawn, areas } = featuresOf({ places, outlines: [], chosen: "listed" });
    expect(drawn.features.map(({ properties }) => properties["id"]).sort()).toEqual(Object.keys(told).filter((id) => id !== "school-2").sort());
    for (const { properties: { id, look, visited, warning } } of drawn.features)
      expect({ look, visited, warning }).toEqual({ look: told[id as string]!.look, visited: told[id as string]!.signs.includes("visited"), warning: id === "struck" ? "do_not_go" : "" });
    expect(drawn.features.filter(({ properties }) => properties["chosen"]).map(({ properties }) => properties["id"])).toEqual(["listed"]);
    expect(areas.features.map(({ geometry }) => geometry)).toEqual([square]);
  });
  it("one's own position only while it is in the picture", () => {
    const own = { lat: 59.3, lon: 18.3 };
    expect(featuresOf({ places, outlines: [] }).own.features).toEqual([]);
    expect(featuresOf({ places, outlines: [], own }).own.features[0]!.geometry.coordinates).toEqual([18.3, 59.3]);
    expect(focusOf({ places, outlines: [], chosen: "listed", own })).toEqual([18.09, 59.245, 18.3, 59.3]);
    expect(focusOf({ places, outlines: [] })).toBeNull();
  });
  it("opens on one's own district, by its outline, else by its places", () => {
    expect(homeOf(evening, "farsta", places)).toEqual([square]);
    expect(boundsOf(homeOf(evening, "bromma", places))).toEqual([18.09, 59.245, 18.09, 59.245].map((n) => expect.closeTo(n, 1)));
    expect(districtOutlines(evening)).toEqual([{ name: "Demo Farsta", geometry: square }]);
  });
  it("a district's name where it is inside of it and off its places", () => {
    const spot = nameSpot(square, places)!;
    expect([spot.lat > 59.2 && spot.lat < 59.3, Math.abs(spot.lon - 18.09) > 0.03 || Math.abs(spot.lat - 59.245) > 0.02]).toEqual([true, true]);
    expect(nameSpot({ type: "Polygon", coordinates: [] }, places)).toBeNull();
  });
});

it("each look and sign has a shape of its own: colour never says it alone", () => {
  const shapes = [...LOOKS, ...SIGNS].map((one) => `${MARKS[one].shape}|${MARKS[one].detail ?? ""}|${MARKS[one].fill === "surface"}`);
  expect(new Set(shapes).size).toBe(shapes.length);
});

it("the style asks nobody for anything: no tiles, glyphs, sprite or address", () => {
  const colours = new Proxy({}, { get: () => "#123456" }) as never;
  const style = styleOf(colours, featuresOf({ places: [], outlines: [] }));
  expect(JSON.stringify(style)).not.toMatch(/https?:|\/\/|"url"|"tiles"|text-field/);
  expect([style.glyphs, style.sprite, new Set(Object.values(style.sources).map(({ type }) => type))]).toEqual([undefined, undefined, new Set(["geojson"])]);
});
