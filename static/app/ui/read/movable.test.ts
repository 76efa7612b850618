/** What moves to the other pass, what goes along, and what stays and why. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../../ports";
import { isWorthwhile, moveInto } from "./movable";
import type { Row } from "./shifts";

const at = (time: string): string => `2026-11-23T${time}:00+01:00`;
const SETTLED = { version: 1, rejectionId: null, waits: null };
type Some = { id: string; fields: object; version?: number; rejectionId?: string | null; waits?: string | null };

const pass = (id: string, more: object = {}): Some => ({
  ...SETTLED, id, collection: "shifts",
  fields: {
    team_id: "ours", status: "draft", created_by: "me", started_at: at("18:00"), ended_at: null, participant_ids: ["me", "you"], arena_minutes: {}, incidents: {},
    mumin: [], handover_note: "", reason: "", open_items: [], other_participants: 0, briefing_id: null, plan_id: null,
    kind: "evening", assignment: "core", requested_by: null, event: null, ...more,
  },
} as Some);
const visit = (id: string, time: string, created_by = "me", more: object = {}): Some => ({
  ...SETTLED, id, collection: "visits", fields: { shift_id: "mine", outcome: "observed", arrived_at: at(time), left_at: null, created_by, ...more },
} as Some);
const seen = (id: string, visit_id: string, time: string, created_by = "me"): Some => ({
  ...SETTLED, id, collection: "observations", fields: { visit_id, observed_at: at(time), created_by },
} as Some);

const EARLIER = { created_by: "you", started_at: at("17:30"), participant_ids: ["you", "me"] };

function moved(rows: { mine?: object; other?: object; visits?: Some[]; observations?: Some[]; conflicts?: Some[] }, teamIds = ["ours"]) {
  const [mine, other] = [pass("mine", rows.mine), pass("other", { ...EARLIER, ...rows.other })];
  const all: Record<string, Some[]> = { shifts: [mine, other], visits: rows.visits ?? [], observations: rows.observations ?? [], conflicts: rows.conflicts ?? [] };
  const records = { all: (name: string) => all[name] ?? [] } as unknown as Projection;
  return moveInto(records, mine as Row<"shifts">, other as Row<"shifts">, { userId: "me", teamIds });
}

describe("what moves", () => {
  it("are one's own visits with all that was seen there, in the order of the evening, and the pass goes with the last of them", () => {
    const move = moved({ visits: [visit("late", "21:00"), visit("early", "19:00")], observations: [seen("b", "early", "19:20"), seen("a", "early", "19:10")] })!;
    expect(move.lines.map((line) => [line.visit.id, line.observations.map(({ id }) => id)])).toEqual([["early", ["a", "b"]], ["late", []]]);
    expect(move).toMatchObject({ removes: true, leaves: false, left: { writers: [], shared: 0, stuck: 0, facts: [] } });
    expect(move.other).toMatchObject({ participant_ids: ["you", "me"] });
  });

  it("is also what this phone has not sent yet, whose writer only the server says", () =>
    expect(moved({ visits: [{ ...visit("v", "19:00", "nobody"), version: 0 }] })!.lines).toHaveLength(1));

  it("is never what a colleague wrote: it stays, and one goes over", () => {
    const move = moved({ visits: [visit("v", "19:00"), visit("w", "20:00", "you"), visit("x", "20:30", "you")] })!;
    expect(move).toMatchObject({ removes: false, leaves: true, left: { writers: ["you"], shared: 0 } });
    expect(move.lines.map((line) => line.visit.id)).toEqual(["v"]);
  });

  it.each([["mine", "you"], ["yours", "me"]])("is no visit that several have written on: %s", (_, author) => {
    const writer = author === "you" ? "me" : "you";
    const move = moved({ visits: [visit("v", "19:00", writer)], observations: [seen("o", "v", "19:10", author)] })!;
    expect(move).toMatchObject({ lines: [], removes: false, leaves: false, left: { writers: [], shared: 1 } });
    expect(isWorthwhile(move)).toBe(false);
  });

  it("is nothing that was refused, waits, or has two values", () => {
    const conflicts = [{ id: "c", fields: { state: "open", collection: "observations", record_id: "o" } }];
    const visits = [{ ...visit("r", "19:00"), rejectionId: "r" }, { ...visit("h", "19:30"), waits: "held" }, visit("v", "20:00")];
    expect(moved({ visits, observations: [seen("o", "v", "20:10")], conflicts })).toMatchObject({ lines: [], removes: false, left: { stuck: 3 } });
  });
});

describe("nothing moves", () => {
  const visits = [visit("v", "19:00")];
  it.each([
    ["from a pass that is sent in", { mine: { status: "submitted" } }],
    ["to one that is sent in", { other: { status: "submitted" } }],
    ["to one begun later, which comes here", { other: { started_at: at("18:30") } }],
    ["to another team's that one is not on", { other: { team_id: "theirs", participant_ids: ["you"] } }],
  ])("%s", (_, rows) => expect(moved({ visits, ...rows })).toBeNull());
  it("but to one that came back", () => expect(moved({ visits, other: { status: "returned" } })?.lines).toHaveLength(1));
});

describe("what is said of the pass", () => {
  const item = (id: string, state = "open", time = "19:00") => ({ id, text: id, state, by: "me", at: at(time) });

  it("goes along where one is on the other already, and is counted once", () => {
    const mine = {
      handover_note: "Grinden är trasig.", open_items: [item("lamp", "done", "20:00"), item("gate")], mumin: [{ delegated_by: "farsta", count: 2 }],
      incidents: { threat: 1 }, other_participants: 1, reason: "Lucia", briefing_id: "b", participant_ids: ["me", "them"],
    };
    const other = {
      handover_note: "Lugnt.", open_items: [item("lamp", "open", "18:00")], mumin: [{ delegated_by: "socialjour", count: 1 }, { delegated_by: "farsta", count: 1 }],
      incidents: { threat: 1, violence: 1 }, other_participants: 2,
    };
    const move = moved({ mine, other, visits: [visit("v", "19:00")] })!;
    expect(move).toMatchObject({ removes: true, left: { facts: [] } });
    expect(move.other).toMatchObject({
      participant_ids: ["you", "me", "them"], handover_note: "Lugnt.\nGrinden är trasig.", open_items: [item("lamp", "done", "20:00"), item("gate")],
      mumin: [{ delegated_by: "socialjour", count: 1 }, { delegated_by: "farsta", count: 3 }], incidents: { threat: 2, violence: 1 },
      other_participants: 2, reason: "Lucia", briefing_id: "b",
    });
  });

  it("waits where one is not: the lines go first, the rest with the next tap", () => {
    const rows = { mine: { handover_note: "Lugnt.", participant_ids: ["me", "you", "them"] }, visits: [visit("v", "17:00")] };
    const first = moved({ ...rows, other: { participant_ids: ["you"] } })!;
    expect(first).toMatchObject({ removes: false, left: { facts: ["handover_note", "participant_ids"] } });
    expect(first.other).toEqual({ participant_ids: ["you", "me"] }); // nothing else is let through (access.md)
    expect(moved({ ...rows, visits: [] })).toMatchObject({ lines: [], removes: true });
  });

  it("keeps nothing that stands on the other already, as what both took over", () => {
    const taken = { open_items: [item("lamp")], participant_ids: ["me"] };
    expect(moved({ mine: taken, other: { ...taken, participant_ids: ["you"] } })).toMatchObject({ removes: true, left: { facts: [] } });
    expect(moved({ mine: { ...taken, open_items: [item("lamp", "done", "20:00")] }, other: { ...taken, participant_ids: ["you"] } })?.left.facts).toEqual(["open_items"]);
  });

  it.each([
    ["handover_note", { handover_note: "å".repeat(1_500) }, { handover_note: "ä".repeat(1_500) }],
    ["open_items", { open_items: Array.from({ length: 26 }, (_, n) => item(`a${n}`)) }, { open_items: Array.from({ length: 25 }, (_, n) => item(`b${n}`)) }],
    ["mumin", { mumin: [{ delegated_by: "farsta", count: 600 }] }, { mumin: [{ delegated_by: "farsta", count: 600 }] }],
    ["incidents", { incidents: { threat: 600 } }, { incidents: { threat: 600 } }],
    ["reason", { reason: "Lucia" }, { reason: "Valborg" }],
  ])("stays, and the pass with it, where both find no room: %s", (fact, mine, other) => {
    const move = moved({ mine, other })!;
    expect(move).toMatchObject({ removes: false, left: { facts: [fact] } });
    expect(Object.keys(move.other)).toEqual(["participant_ids"]);
  });

  const FOR_FARSTA = { assignment: "reinforcement", requested_by: "farsta" };
  it.each([
    ["assignment", FOR_FARSTA, {}], ["assignment", {}, FOR_FARSTA], ["assignment", FOR_FARSTA, { ...FOR_FARSTA, requested_by: "police" }],
    ["event", { event: "lucia" }, { event: "nyar" }], ["kind", { kind: "event" }, {}],
  ])("stays, and the pass with it, where they were for something else: %s of %j beside %j", (fact, mine, other) => {
    for (const rows of [{ mine, other }, { mine, other: { ...other, participant_ids: ["you"] } }])
      expect(moved(rows)).toMatchObject({ removes: false, left: { facts: [fact] } });
  });
  it("goes along with the evening's event where the other names none, once one is on it", () => {
    expect(moved({ mine: { event: "lucia", kind: "night" } })).toMatchObject({ removes: true, other: { event: "lucia" } });
    expect(moved({ mine: { event: "lucia" }, other: { participant_ids: ["you"] } })).toMatchObject({ removes: false, left: { facts: ["event"] } });
    expect(moved({ mine: FOR_FARSTA, other: FOR_FARSTA })?.removes).toBe(true);
  });
  it("names its plan within the team alone: another team's pass answers none of ours", () => {
    expect(moved({ mine: { plan_id: "p" } })?.other.plan_id).toBe("p");
    expect(moved({ mine: { plan_id: "p" }, other: { team_id: "theirs" } })).toMatchObject({ removes: true });
    expect(moved({ mine: { plan_id: "p" }, other: { team_id: "theirs" } })?.other).not.toHaveProperty("plan_id");
  });
  it.each([
    ["Lugnt", "Inte lugnt.", "Inte lugnt.\nLugnt"], ["Lugnt.\nGrinden är trasig.", "Lugnt.", "Lugnt.\nGrinden är trasig."],
    ["Lugnt.", "Grinden.\nLugnt.", "Grinden.\nLugnt."], ["Lugnt.", "", "Lugnt."],
  ])("adds to the note each paragraph that is not there as a whole: %j to %j", (mine, other, both) =>
    expect(moved({ mine: { handover_note: mine }, other: { handover_note: other } })?.other.handover_note).toBe(both));

  it("minutes per arena follow from the visits: they keep nothing", () => expect(moved({ mine: { arena_minutes: { outdoor: 60 } } })?.removes).toBe(true));
});

describe("the other pass's times", () => {
  it.each([
    ["are moved to hold the lines", "16:00", "23:30", { started_at: at("16:00"), ended_at: at("23:30") }],
    ["stand where they do already", "18:00", "22:00", {}],
  ])("%s", (_, first, last, expected) => {
    const { started_at, ended_at } = moved({ other: { ended_at: at("22:30") }, visits: [visit("v", first, "me", { left_at: at(last) })] })!.other;
    expect({ ...(started_at && { started_at }), ...(ended_at && { ended_at }) }).toEqual(expected);
  });
  it("are not moved for a place that was not visited, nor further than a day", () => {
    const missed = [visit("v", "16:00", "me", { outcome: "not_visited" })];
    expect(moved({ visits: missed })!.other.started_at).toBeUndefined();
    const long = [visit("v", "16:00"), visit("w", "20:00", "me", { left_at: "2026-11-24T17:00:00+01:00" })];
    expect(moved({ other: { ended_at: at("22:00") }, visits: long })!.other).toEqual({ participant_ids: ["you", "me"], started_at: at("16:00"), event: null, briefing_id: null, plan_id: null });
  });
  it.each([
    ["a day before, by a clock that was wrong", visit("v", "16:00", "me", { arrived_at: "2026-11-21T19:00:00+01:00" }), undefined],
    ["the afternoon before", visit("v", "16:00"), at("16:00")],
  ])("of one without an end are not moved more than a day from its last line: %s", (_, far, expected) => {
    const move = moved({ visits: [far, visit("w", "21:00", "me", { left_at: at("22:00") })] })!;
    expect(move.lines).toHaveLength(2);
    expect(move.other.started_at).toBe(expected);
    expect(move.other).not.toHaveProperty("ended_at");
  });
});

describe("a visit under way", () => {
  const theirs = (time: string, more: object = {}) => visit("theirs", time, "you", { shift_id: "other", ...more });
  it.each([
    ["ends when the group came to the next: theirs", "21:00", "20:00", { theirs: at("21:00") }],
    ["ends when the group came to the next: mine", "20:00", "21:00", { mine: at("21:00") }],
  ])("%s", (_, mine, other, expected) =>
    expect(Object.fromEntries(moved({ visits: [visit("mine", mine), theirs(other)] })!.leavings)).toEqual(expected));
  it("is left as it is where no other is under way, or none is moved", () => {
    expect(moved({ visits: [visit("mine", "21:00"), theirs("20:00", { left_at: at("20:30") })] })!.leavings.size).toBe(0);
    expect(moved({ visits: [visit("mine", "21:00", "me", { left_at: at("22:00") }), theirs("20:00")] })!.leavings.size).toBe(0);
    expect(moved({ visits: [visit("mine", "21:00", "me", { outcome: "not_visited" }), theirs("20:00")] })!.leavings.size).toBe(0);
  });
});
