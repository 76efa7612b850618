/** What a new pass begins with. */
import { describe, expect, it } from "vitest";
import type { Collections } from "../../domain/records";
import type { Projection, Session } from "../../ports";
import { lateShift, newShift, peopleFaults, planFor, purposeFaults, purposeInWords } from "./start";

const at = (time: string): string => `2026-11-23T${time}:00+01:00`;
const plan = (id: string, from: string, until: string, more: object = {}) =>
  ({ id, fields: { team_id: "ours", district: "farsta", date: "2026-11-23", starts_at: at(from), ends_at: at(until), kind: "night", planned_people: 3, ...more } });
const session = { user: { id: "me", name: "Me" }, grants: [{ role: "field_worker", team_id: "ours", district: "farsta" }] } as unknown as Session;

function records(rows: { [C in keyof Collections]?: { id: string; fields: object }[] }): Projection {
  const all = (name: keyof Collections) => rows[name] ?? [];
  return { all, get: (name: keyof Collections, id: string) => all(name).find((row) => row.id === id) } as unknown as Projection;
}

describe("the plan a pass takes", () => {
  const plans = [plan("late", "20:00", "23:59"), plan("early", "18:00", "22:00"), plan("theirs", "18:00", "22:00", { team_id: "other" }), plan("seen", "18:00", "22:00", { team_id: undefined })];
  const taken = { id: "s", fields: { plan_id: "early", participant_ids: [], team_id: "ours" } };
  it.each([
    ["14:59", undefined], ["15:00", "early"], ["18:30", "early"], ["22:00", "late"],
  ])("at %s is %s", (time, expected) => expect(planFor(records({ shift_plans: plans }), "ours", at(time))?.id).toBe(expected));
  it("is not one that another pass has taken", () =>
    expect(planFor(records({ shift_plans: plans, shifts: [taken] }), "ours", at("18:30"))?.id).toBe("late"));
  it("says kind and district; without one the pass begins as last time", () => {
    const planned = newShift(records({ shift_plans: [plan("p", "18:00", "22:00", { district: "skarpnack" })] }), session, at("17:45"));
    expect(planned).toMatchObject({ plan_id: "p", kind: "night", district: "skarpnack" });
    expect(newShift(records({}), session, at("17:45"))).toMatchObject({ plan_id: null, kind: "evening", district: "farsta" });
  });
});

it("a pass begins with those one walked with last, of whatever team, but nobody who has left", () => {
  const people = [["you", ["ours"]], ["them", ["theirs"]], ["left", []]].map(([id, team_ids]) => ({ id, fields: { name: id, team_ids } })) as { id: string; fields: object }[];
  const shifts = [{ id: "s", version: 1, fields: { team_id: "ours", started_at: at("12:00"), participant_ids: ["you", "left", "me", "them", "unknown"] } }];
  for (const start of [newShift, lateShift])
    expect(start(records({ people, shifts }), session, at("17:45"))?.participant_ids).toEqual(["me", "you", "them"]);
});

describe("a pass written in afterwards", () => {
  const briefing = { id: "b", fields: { districts: ["skarpnack", "farsta"], held_at: at("17:00"), valid_from: at("17:00"), valid_until: at("23:59") } };
  const tonight = records({ shift_plans: [plan("p", "18:00", "22:00", { district: "skarpnack" })], briefings: [briefing] });
  it("takes neither tonight's plan, nor what it says, nor tonight's briefing", () => {
    expect(newShift(tonight, session, at("17:45"))).toMatchObject({ plan_id: "p", briefing_id: "b" });
    expect(lateShift(tonight, session, at("17:45"))).toMatchObject({ plan_id: null, briefing_id: null, kind: "evening", district: "farsta" });
  });
});

describe("what a pass is for", () => {
  const all = records({ districts: [{ id: "farsta", fields: { code: "farsta", name: "Demo Farsta" } }] });
  it.each([
    ["core", null, "Ordinarie uppdrag"], ["reinforcement", "farsta", "Förstärkning åt Demo Farsta"], ["reinforcement", "police", "Förstärkning åt polisen"],
    ["reinforcement", "own", "Förstärkning på eget initiativ"], ["reinforcement", null, "Förstärkningsuppdrag"],
  ] as const)("is said: %s, %s", (assignment, requested_by, words) => expect(purposeInWords(all, { assignment, requested_by })).toBe(words));
  it.each([["core", null, 0], ["reinforcement", "own", 0], ["reinforcement", null, 1], ["reinforcement", undefined, 1]] as const)(
    "names who asked for a reinforcement: %s, %s", (assignment, by, faults) =>
      expect(purposeFaults({ assignment, ...(by !== undefined && { requested_by: by }) })).toHaveLength(faults));
});

it("a pass has somebody on it", () => {
  expect(peopleFaults([])).toEqual([{ id: "participants", text: "Välj minst en som är med på passet" }]);
  expect(peopleFaults(["you"])).toEqual([]);
});
