/** Which two passes are the same evening, which of them is blank, and which goes into the other. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../../ports";
import { doubled, goesInto, leavesNothing } from "./doubled";

const NOW = "2026-11-23T19:00:00+01:00";
const pass = (id: string, more: object = {}) => ({
  id,
  fields: { team_id: "ours", status: "draft", ended_at: null, started_at: "2026-11-23T18:00:00+01:00", participant_ids: ["you"], ...more },
});

describe("two passes of the same people at the same time", () => {
  const mine = pass("mine", { participant_ids: ["me", "you"] });
  const other = (more: object) => {
    const rows = [mine, pass("other", { participant_ids: ["you", "them"], ...more })];
    return doubled({ all: () => rows } as unknown as Projection, mine as never)?.id;
  };
  it("are said, also where one of them has ended meanwhile", () => {
    expect(other({})).toBe("other");
    expect(other({ started_at: "2026-11-23T17:00:00+01:00", ended_at: "2026-11-23T18:00:01+01:00" })).toBe("other");
    expect(other({ status: "submitted", ended_at: "2026-11-23T23:00:00+01:00" })).toBe("other");
  });
  it.each([
    ["of others", { participant_ids: ["them"] }],
    ["that had ended when this one began", { started_at: "2026-11-23T14:00:00+01:00", ended_at: "2026-11-23T18:00:00+01:00" }],
    ["somebody forgot to end the day before", { started_at: "2026-11-22T17:00:00+01:00" }],
    ["that is approved", { status: "approved" }],
  ])("are not one %s", (_, more) => expect(other(more)).toBeUndefined());
});

describe("a pass of which nothing would be lost", () => {
  const nothing = { arena_minutes: {}, incidents: {}, mumin: [], handover_note: "", reason: "", open_items: [], other_participants: 0 };
  const core = { ...nothing, kind: "evening", assignment: "core", requested_by: null, event: null };
  const blank = (more: object, visits: object[] = [], other: object = {}) => (
    leavesNothing({ all: () => visits } as unknown as Projection, pass("mine", { ...core, ...more }) as never, pass("other", { ...core, ...other }) as never)
  );
  it("has no visit and nothing said of it", () => expect(blank({ arena_minutes: { outdoor: 0 }, incidents: { threat: 0 } })).toBe(true));
  it.each([
    [{ status: "returned" }], [{ handover_note: "Lugnt." }], [{ reason: "Lucia" }], [{ open_items: [{ id: "a" }] }], [{ other_participants: 1 }],
    [{ arena_minutes: { outdoor: 10 } }], [{ incidents: { threat: 1 } }], [{ mumin: [{ delegated_by: "farsta", count: 1 }] }],
  ])("is none with %j", (more) => expect(blank(more)).toBe(false));
  it.each([
    [{ assignment: "reinforcement", requested_by: "farsta" }, {}], [{}, { assignment: "reinforcement", requested_by: "farsta" }],
    [{ assignment: "reinforcement", requested_by: "farsta" }, { assignment: "reinforcement", requested_by: "police" }],
    [{ event: "lucia" }, {}], [{ event: "lucia" }, { event: "valborg" }], [{ kind: "event" }, {}],
  ])("is none with %j beside %j", (mine, other) => expect(blank(mine, [], other)).toBe(false));
  it.each([
    [{ kind: "night" }, {}], [{ event: "lucia" }, { event: "lucia" }], [{}, { event: "lucia", kind: "event" }],
    [{ assignment: "reinforcement", requested_by: "police" }, { assignment: "reinforcement", requested_by: "police" }],
  ])("is one with %j beside %j", (mine, other) => expect(blank(mine, [], other)).toBe(true));
  it("is none with a visit", () => expect(blank({}, [{ id: "v", fields: { shift_id: "mine", arrived_at: NOW } }])).toBe(false));
});

describe("of two passes", () => {
  const goes = (mine: object, theirs: object, ids: [string, string] = ["a", "b"]) => goesInto(pass(ids[0], mine) as never, pass(ids[1], theirs) as never, "me");
  const both = (one: object, two: object) => [goes(one, two), goes(two, one, ["b", "a"])];
  const EARLIER = { started_at: "2026-11-23T17:00:00+01:00" };

  it("the later goes into the earlier, on both phones", () => expect(both(EARLIER, {})).toEqual([false, true]));
  it("begun in the same second, one of them goes", () => expect(both({}, {})).toEqual([false, true]));
  it("what came back is no draft to remove: the draft goes into it", () => expect(goes(EARLIER, { status: "returned" })).toBe(true));
  it("one of a team that does not know of this one can't come here", () => {
    const theirs = { team_id: "theirs", participant_ids: ["you", "me"] };
    expect(goes({ ...EARLIER, participant_ids: ["me"] }, theirs)).toBe(true);
    expect(goes({ ...EARLIER, participant_ids: ["me", "you"] }, theirs)).toBe(false);
  });
});
