/** Rules the phone decides alone: arena minutes, nearness, warnings, time, window. */
import { describe, expect, it } from "vitest";
import { exceedsLength, proposedArenaMinutes } from "./arenaMinutes";
import { centreOf, distanceM, nearestSite, roundPlace } from "./here";
import type { Arena, Visit } from "./records";
import { isoWithOffset, Timekeeper } from "./timekeeper";
import { uuid7 } from "./uuid7";
import { leavingWindow } from "./window";

const at = (time: string): string => `2026-11-23T${time}:00+01:00`;

describe("arena minutes", () => {
  const visit = (arena: Arena, arrived_at: string, left_at: string | null = null, outcome: Visit["outcome"] = "observed") =>
    ({ arena, arrived_at, left_at, outcome });
  it("proposes minutes from visits: open ends, overlaps once, not visited in none", () => {
    const visits = [
      visit("outdoor", at("18:30"), at("19:30")), visit("mall", at("19:00")),
      visit("outdoor", at("20:00"), null, "not_visited"), visit("transit", at("21:00")),
    ];
    expect(proposedArenaMinutes(visits, at("18:00"), at("23:00"))).toEqual({ outdoor: 60, mall: 90, transit: 120 });
  });
  it("sums visits by arena in whole minutes, and names none without", () => {
    const visits = [
      visit("outdoor", at("18:10"), "2026-11-23T18:40:30+01:00"), visit("outdoor", at("22:30")),
      visit("school", at("19:00"), at("19:20")), visit("mall", at("19:30"), "2026-11-23T19:30:40+01:00"),
    ];
    expect(proposedArenaMinutes(visits, at("18:00"), at("23:00"))).toEqual({ outdoor: 60, school: 20 });
  });
  it("never proposes more than the shift is long", () => {
    const minutes = proposedArenaMinutes([visit("outdoor", at("17:00"), "2026-11-24T01:00:00+01:00")], at("18:00"), at("23:00"));
    expect(minutes).toEqual({ outdoor: 300 });
    expect(exceedsLength(minutes, at("18:00"), at("23:00"))).toBe(false);
    expect(exceedsLength({ outdoor: 301 }, at("18:00"), at("23:00"))).toBe(true);
  });
  it("compares instants, not texts: the October night", () => {
    const [start, end] = ["2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00"];
    expect(proposedArenaMinutes([visit("outdoor", start)], start, end)).toEqual({ outdoor: 20 });
    expect(exceedsLength({ outdoor: 20 }, start, end)).toBe(false);
    expect(exceedsLength({ outdoor: 21 }, start, end)).toBe(true);
  });
});

describe("here", () => {
  const point = (lon: number, lat: number) => ({ geometry: { type: "Point", coordinates: [lon, lat] } });
  it("measures by haversine", () => expect(distanceM({ lat: 59, lon: 18 }, { lat: 60, lon: 18 })).toBeCloseTo(111_195, -1));
  it("finds the nearest point, and an area from its edge or inside it", () => {
    const square = { geometry: { type: "Polygon", coordinates: [[[18, 59], [18.01, 59], [18.01, 59.01], [18, 59.01], [18, 59]]] } };
    expect(nearestSite({ lat: 59.005, lon: 18.005 }, [point(18.0051, 59.005), square])).toMatchObject({ site: square, distance_m: 0 });
    const beside = nearestSite({ lat: 59.005, lon: 18.011 }, [square, point(18.02, 59.02)])!;
    expect(beside.distance_m).toBeGreaterThan(56);
    expect(beside.distance_m).toBeLessThan(58.5);
    expect(nearestSite({ lat: 59, lon: 18 }, [])).toBeNull();
  });
  it("passes over a geometry that says no place", () =>
    expect(nearestSite({ lat: 59, lon: 18 }, [{ geometry: { type: "Point", coordinates: [] } }, point(18, 59.1)])?.site).toEqual(point(18, 59.1)));
  it("X31 rounds a place to 10 m or coarser", () => {
    expect(roundPlace({ lat: 59.24126, lon: 18.09149 })).toEqual({ lat: 59.2413, lon: 18.0914 });
    const rounded = roundPlace({ lat: 59.24026, lon: 18.09051 });
    expect(rounded).toEqual({ lat: 59.2403, lon: 18.0906 });
    expect(distanceM(rounded, { lat: rounded.lat + 0.0001, lon: rounded.lon })).toBeGreaterThanOrEqual(10);
    expect(distanceM(rounded, { lat: rounded.lat, lon: rounded.lon + 0.0002 })).toBeGreaterThanOrEqual(10);
  });
  it("finds the middle of a point and of an area", () => {
    expect(centreOf(point(18, 59))).toEqual({ lat: 59, lon: 18 });
    expect(centreOf({ geometry: { type: "Polygon", coordinates: [[[18, 59], [18.2, 59], [18.2, 59.2], [18, 59.2]]] } })?.lat).toBeCloseTo(59.1);
    expect(centreOf({ geometry: { type: "Point", coordinates: [] } })).toBeNull();
  });
});

describe("PU15 time", () => {
  it("PU15 corrects by the offset, steady against a clock set back, following sleep", () => {
    const keeper = new Timekeeper({ wall: 1_000_000, monotonic: 0 }, 3_000);
    expect(keeper.now({ wall: 1_010_000, monotonic: 10_000 })).toBe(1_007_000);
    expect(keeper.now({ wall: 20_000, monotonic: 20_000 })).toBe(1_017_000);
    expect(keeper.now({ wall: 3_620_000, monotonic: 20_000 })).toBe(4_617_000);
  });
  it("PU15 C14 small differences of the network do not bend a length, a wrong clock is put right", () => {
    const keeper = new Timekeeper({ wall: 0, monotonic: 0 }, null);
    keeper.measured(259_200_000, 100);
    keeper.measured(259_201_500, 3_000);
    expect(keeper.offsetMs).toBe(259_200_000);
    keeper.measured(0, 100);
    expect(keeper.offsetMs).toBe(0);
  });
  it("PU15 writes the phone's own offset from UTC", () => {
    const ms = Date.parse("2026-11-23T20:43:00Z");
    expect([isoWithOffset(ms, -60), isoWithOffset(ms, 0), isoWithOffset(ms, 210)]).toEqual([
      "2026-11-23T21:43:00+01:00", "2026-11-23T20:43:00+00:00", "2026-11-23T17:13:00-03:30",
    ]);
  });
  it("makes ids that sort by time and say version 7", () => {
    const [one, two] = [uuid7(1_000, new Uint8Array(10).fill(255)), uuid7(2_000, new Uint8Array(10))];
    expect(one < two).toBe(true);
    expect(one).toBe("00000000-03e8-7fff-bfff-ffffffffffff");
  });
});

describe("PL6 window", () => {
  it("PL6 never drops what hangs on a pending mutation, nor one's own unapproved shift", () => {
    const row = (fields: Record<string, unknown>) => ({ version: 1, fields });
    const old = { started_at: "2026-01-01T18:00:00Z", status: "approved", created_by: "me" };
    const confirmed = new Map([
      ["shifts", new Map([["gone", row(old)], ["busy", row(old)], ["child", row(old)], ["draft", row({ ...old, status: "returned" })]])],
      ["visits", new Map([["v-gone", row({ shift_id: "gone" })], ["v-busy", row({ shift_id: "busy" })]])],
    ]);
    const pending = [["visits", "v-busy", {}], ["observations", "new", { visit_id: "v-busy" }], ["visits", "new", { shift_id: "child" }]].map(
      ([collection, record_id, fields]) => ({
        mutation: { id: "", device_seq: 1, collection: collection as string, record_id: record_id as string, op: "create" as const, base_version: 0, fields: fields as Record<string, unknown>, made_at: "", replaces: null },
        state: "queued" as const, receipt: null,
      }),
    );
    expect(leavingWindow(confirmed, pending, "me", "2026-11-23")).toEqual([["shifts", "gone"], ["visits", "v-gone"]]);
    const late = (state: string) => new Map([...confirmed, ["late", new Map([["l", row({ collection: "visits", record_id: "v-gone", fields: {}, state })]])]]);
    expect(leavingWindow(late("waiting"), pending, "me", "2026-11-23")).toEqual([]);
    expect(leavingWindow(late("applied"), pending, "me", "2026-11-23")).toHaveLength(2);
  });
  it("PL6 what was asked for on a pass leaves with it, and stays as long as it", () => {
    const row = (fields: Record<string, unknown>) => ({ version: 1, fields });
    const old = { started_at: "2026-01-01T18:00:00Z", created_by: "me" };
    const confirmed = new Map([
      ["shifts", new Map([["gone", row({ ...old, status: "approved" })], ["back", row({ ...old, status: "returned" })]])],
      ["review_comments", new Map([["c-gone", row({ shift_id: "gone" })], ["c-back", row({ shift_id: "back" })]])],
    ]);
    expect(leavingWindow(confirmed, [], "me", "2026-11-23")).toEqual([["shifts", "gone"], ["review_comments", "c-gone"]]);
  });
  it("PL6 keeps of each district the briefing held last, however old, to begin the next one from", () => {
    const held = (day: string, ...districts: string[]) => ({ version: 1, fields: { held_at: `${day}T17:30:00Z`, valid_until: `${day}T23:00:00Z`, districts } });
    const briefings = new Map([
      ["older", held("2026-11-10", "farsta")], ["friday", held("2026-11-20", "farsta")], ["both", held("2026-11-19", "farsta", "bromma")], ["yesterday", held("2026-11-22", "skarpnack")],
    ]);
    expect(leavingWindow(new Map([["briefings", briefings]]), [], "me", "2026-11-23")).toEqual([["briefings", "older"]]);
    briefings.set("today", held("2026-11-23", "farsta", "bromma"));
    expect(leavingWindow(new Map([["briefings", briefings]]), [], "me", "2026-11-23").map(([, id]) => id)).toEqual(["older", "friday", "both"]);
  });
});
