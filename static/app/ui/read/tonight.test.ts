import { describe, expect, it } from "vitest";
import type { Collections } from "../../domain/records";
import type { Projection } from "../../ports";
import type { Row } from "./shifts";
import { placesToFollowUp } from "./followUp";
import { openQuestions, stillAgreed, tonightsCards } from "./tonight";

const NOW = "2026-11-23T21:00:00+01:00";
const site = (id: string, more: object = {}) =>
  ({ id, fields: { name: id, district: "farsta", school_near: "yes", schools: [], priorities: [], last_visited_on: null, ...more } });
const priority = (site_id: string, rank: number, covered_by: string | null = null) => ({ site_id, rank, reason: "event", covered_by });
const briefing = (priorities: object[]) => ({
  id: "b", fields: { held_at: NOW, valid_from: "2026-11-23T17:00:00+01:00", valid_until: "2026-11-24T03:00:00+01:00", districts: ["farsta"], priorities },
});
const visit = (id: string, site_id: string, outcome: string) =>
  ({ id, fields: { shift_id: "s", site_id, outcome, arrived_at: "2026-11-23T20:00:00+01:00" } });
const shift = { id: "s", fields: { team_id: "ours", district: "farsta", started_at: "2026-11-23T18:00:00+01:00" } } as Row<"shifts">;

function records(rows: { [C in keyof Collections]?: { id: string; fields: object }[] }): Projection {
  const all = (name: keyof Collections) => rows[name] ?? [];
  return { all, get: (name: keyof Collections, id: string) => all(name).find((row) => row.id === id) } as unknown as Projection;
}

describe("tonight's cards", () => {
  it("say what this pass has done, and end after five suggestions", () => {
    const sites = ["a", "b", "c", "d", "e", "f", "g"].map((id) => site(id));
    const cards = tonightsCards(records({ sites, briefings: [briefing([priority("c", 1)])], visits: [visit("v", "a", "observed"), visit("w", "c", "not_visited")] }), "farsta", "s", NOW);
    expect(cards.map((card) => [card.site.id, card.rank, card.done])).toEqual([
      ["c", 1, "not_visited"], ["b", null, null], ["d", null, null], ["e", null, null], ["f", null, null], ["g", null, null],
    ]);
  });

  it.each([
    ["2026-11-23", "besök i dag"], ["2026-11-22", "besök i går"], ["2026-11-14", "besök för 9 dagar sedan"], [null, "inget besök noterat"],
  ])("say when the last visit was: %s", (last_visited_on, words) => {
    const [card] = tonightsCards(records({ sites: [site("a", { last_visited_on })] }), "farsta", null, NOW);
    expect(card?.reasons.split(" · ")).toContain(words);
  });

  it("say how many things the team has to follow up there, on whichever of its passes; settled on one they are settled", () => {
    const item = (id: string, state: string, hour: string, site_id: string | null = "a") => ({ id, text: id, state, by: "me", at: `2026-11-23T${hour}:00:00+01:00`, site_id });
    const passes = (teamId: string, ...items: object[]) => ({ id: teamId, fields: { team_id: teamId, started_at: "2026-11-23T18:00:00+01:00", handover_note: "", open_items: items } });
    const shown = (...shifts: { id: string; fields: object }[]) =>
      tonightsCards(records({ sites: [site("a", { school_near: "no" })], shifts }), "farsta", null, NOW, null, NOW, placesToFollowUp(records({ shifts }), "ours")).map(({ reasons }) => reasons);
    const before = { id: "before", fields: { ...passes("ours").fields, started_at: "2026-11-22T18:00:00+01:00", open_items: [item("lamp", "open", "17"), item("gate", "open", "17")] } };
    expect(shown(before)).toEqual(["2 saker att följa upp · inget besök noterat"]);
    expect(shown(before, passes("ours", item("lamp", "done", "20")))).toEqual(["1 sak att följa upp · inget besök noterat"]);
    expect(shown(before, passes("ours", item("lamp", "done", "20"), item("gate", "dropped", "20"), item("lock", "open", "20", null)))).toEqual([]);
    expect(shown(passes("theirs", item("lamp", "open", "20")))).toEqual([]);
  });

  it("warn of a place that needs care, and never name one nobody may go to", () => {
    const sites = [site("care", { safety_level: "extra_care" }), site("danger", { safety_level: "do_not_go" })];
    const cards = tonightsCards(records({ sites }), "farsta", null, NOW);
    expect(cards.map((card) => [card.site.id, card.safety])).toEqual([["care", "Extra försiktighet"]]);
  });
});

describe("a place that was merged into another", () => {
  const sites = [site("old", { merged_into_id: "new" }), site("new"), site("danger", { safety_level: "do_not_go" })];

  it("is one with it on the list: agreed, visited, left out", () => {
    const all = records({ sites, briefings: [briefing([priority("old", 1)])], visits: [visit("v", "old", "not_visited")] });
    expect(tonightsCards(all, "farsta", "s", NOW).map((card) => [card.site.id, card.rank, card.done])).toEqual([["new", 1, "not_visited"]]);
    expect(openQuestions(all, shift, NOW).missed).toEqual([]);
  });

  it("goes along to the next briefing as the other, once; what nobody may go to stays behind", () => {
    const agreed = [priority("danger", 1), priority("new", 4, "ours"), priority("old", 2), priority("gone", 3)];
    expect(stillAgreed(records({ sites }), agreed)).toEqual([priority("new", 1), priority("gone", 2)]);
  });
});

describe("the check page's questions", () => {
  it("ask for priorities nobody of this pass has answered; what another team covers is not its miss", () => {
    const all = records({
      sites: ["a", "b", "c", "p"].map((id) => site(id)),
      briefings: [briefing([priority("a", 3, "ours"), priority("b", 1), priority("c", 2, "other"), priority("p", 4)])],
      visits: [visit("v", "p", "not_visited")],
    });
    expect(openQuestions(all, shift, NOW).missed.map((card) => card.site.id)).toEqual(["b", "a"]);
  });

  it.each([
    ["17:30", "23:59", ["a"]], // held after the pass began
    ["15:00", "17:10", ["a"]], // over before it ended
    ["15:00", "17:00", []], // over as it began
    ["21:30", "23:59", []], // held after it ended
  ])("are of a briefing in force from %s until %s where the pass was from 17:00 until 21:00", (from, until, expected) => {
    const at = (time: string) => `2026-11-23T${time}:00+01:00`;
    const held = { id: "b", fields: { held_at: at(from), valid_from: at(from), valid_until: at(until), districts: ["farsta"], priorities: [priority("a", 1)] } };
    const pass = { ...shift, fields: { ...shift.fields, started_at: at("17:00") } };
    expect(openQuestions(records({ sites: [site("a")], briefings: [held] }), pass, NOW).missed.map((card) => card.site.id)).toEqual(expected);
  });

  it("ask what was seen where a visit says neither that nor that there was nothing", () => {
    const all = records({ visits: [visit("v", "p", "observed"), visit("w", "p", "nothing_noted")] });
    expect(openQuestions(all, shift, NOW).unanswered.map((row) => row.id)).toEqual(["v"]);
  });
});
