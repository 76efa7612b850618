/** Places to choose among: what one should know of them, and what is never suggested. */
import { expect, it } from "vitest";
import type { Projection } from "../../ports";
import { sitesAround } from "./around";
import { itemInWords, itemPlaces } from "./items";
import { findPlaces, nearestChoice, safetyInWords, survivorOf } from "./places";

const site = (id: string, lat: number, more: object = {}) => ({
  id, fields: { id, name: `Demo ${id}`, district: "farsta", safety_level: "normal", geometry: { type: "Point", coordinates: [18, lat] }, ...more },
});
const records = (...sites: object[]) => ({ all: (name: string) => (name === "sites" ? sites : []) }) as unknown as Projection;
const closed = site("near", 59.3, { safety_level: "do_not_go", safety_reason: "Hot mot personal" });

it("what one should know of a place stands beside it, with the reason where there is one", () => {
  expect(findPlaces(records(closed, site("far", 59.4)), "site", "", "farsta")).toEqual([
    { kind: "site", id: "far", name: "Demo far", detail: "" },
    { kind: "site", id: "near", name: "Demo near", detail: "", warning: "Gå inte dit: Hot mot personal" },
  ]);
  expect(safetyInWords({ ...site("x", 59).fields, safety_level: "extra_care", safety_reason: null } as never)).toBe("Extra försiktighet");
});

it("a place that nobody should go to is never suggested, however near it is", () => {
  expect(nearestChoice(records(closed, site("far", 59.4)), { lat: 59.3, lon: 18 })?.choice.id).toBe("far");
  expect(nearestChoice(records(closed), { lat: 59.3, lon: 18 })).toBeNull();
});

it("a place that was merged into another is offered nowhere: what is about it is about the other, also over two steps and round", () => {
  const sites = [site("old", 59.3, { merged_into_id: "older" }), site("older", 59.3, { merged_into_id: "new" }), site("new", 59.4), site("a", 59, { merged_into_id: "b" }), site("b", 59, { merged_into_id: "a" })];
  const all = { ...records(...sites), get: (_: string, id: string) => sites.find((one) => one.id === id) } as unknown as Projection;
  expect(findPlaces(all, "site", "", "farsta").map(({ id }) => id)).toEqual(["new"]);
  expect(findPlaces(all, "site", "old", "farsta")).toEqual([]);
  expect(nearestChoice(all, { lat: 59.3, lon: 18 })?.choice.id).toBe("new");
  expect(itemPlaces(all, "farsta", [{ site_id: "old" }])).toEqual([{ id: "new", name: "Demo new" }]);
  const from = (site_id: string) => sitesAround(all, { fields: { site_id, place: null, district: "farsta" } } as never).map(({ id }) => id);
  expect([from("old"), from("unknown")]).toEqual([[], ["new"]]);
  expect(["old", "new", "a", "unknown"].map((id) => survivorOf(all, id))).toEqual(["new", "new", "b", "unknown"]);
});

it("what is to be followed up may be about where the pass has been, then the district's places, each once", () => {
  const sites = [site("b", 59), site("a", 59), site("elsewhere", 59, { district: "bromma" }), site("other", 59, { district: "bromma" })];
  const all = { ...records(...sites), get: (_: string, id: string) => sites.find((one) => one.id === id) } as unknown as Projection;
  const visits = [{ site_id: "elsewhere" }, { site_id: null }, { site_id: "b" }];
  expect(itemPlaces(all, "farsta", visits).map(({ id }) => id)).toEqual(["elsewhere", "b", "a"]);
  const item = { id: "i", text: "Laga lampan", state: "open", by: "me", at: "2026-11-23T20:00:00+01:00" } as const;
  expect([itemInWords(all, { ...item, site_id: "b" }), itemInWords(all, item)]).toEqual(["Laga lampan · Demo b", "Laga lampan"]);
});
