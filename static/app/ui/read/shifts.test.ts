/** Which passes are one's own, and which one may join. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../../ports";
import { doubled, isBlank, joinable, lastShiftOn, myShifts, openShift } from "./shifts";

const NOW = "2026-11-23T19:00:00+01:00";
const pass = (id: string, more: object = {}) => ({
  id,
  fields: { team_id: "ours", status: "draft", ended_at: null, started_at: "2026-11-23T18:00:00+01:00", participant_ids: ["you"], ...more },
});

function found(...rows: { id: string; fields: object }[]): string[] {
  const records = { all: () => rows } as unknown as Projection;
  return joinable(records, "me", ["ours"], NOW).map(({ id }) => id);
}

describe("one's own passes", () => {
  const records = (...rows: { id: string; version?: number; fields: object }[]) => ({ all: () => rows }) as unknown as Projection;
  const began = pass("began", { created_by: "me" });
  const on = pass("on", { created_by: "you", participant_ids: ["you", "me"], started_at: "2026-11-23T17:00:00+01:00" });
  const theirs = pass("theirs", { created_by: "you" });
  const nobodys = pass("nobodys", { created_by: null });
  const unsent = { ...pass("unsent"), version: 0 };

  it("are those one began or is on, whoever is on the first", () => {
    expect(myShifts(records(on, began, theirs, nobodys), "me").map(({ id }) => id)).toEqual(["began", "on"]);
    expect(openShift(records(began, theirs), "me")?.id).toBe("began");
    expect(openShift(records(theirs), "me")).toBeUndefined();
  });
  it("are those this phone made, before the server has them", () => expect(openShift(records(unsent), "me")?.id).toBe("unsent"));
  it("give the next one its beginning where one was on them oneself", () =>
    expect(lastShiftOn(records(began, on), "me", ["ours"])?.id).toBe("on"));
});

describe("a pass one can join", () => {
  it("is under way in one's own team, the newest first", () =>
    expect(found(pass("early"), pass("late", { started_at: "2026-11-23T18:30:00+01:00" }))).toEqual(["late", "early"]));
  it.each([
    ["one began oneself", { created_by: "me" }],
    ["one is on already", { participant_ids: ["you", "me"] }],
    ["of another team", { team_id: "theirs" }],
    ["that has ended", { ended_at: NOW }],
    ["that is sent in", { status: "submitted" }],
    ["somebody forgot to end yesterday", { started_at: "2026-11-22T19:00:00+01:00" }],
  ])("is not one %s", (_, more) => expect(found(pass("no", more))).toEqual([]));
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
  const blank = (more: object, visits: object[] = []) => (
    isBlank({ all: () => visits } as unknown as Projection, pass("mine", { ...nothing, ...more }) as never)
  );
  it("has no visit and nothing said of it", () => expect(blank({ arena_minutes: { outdoor: 0 }, incidents: { threat: 0 } })).toBe(true));
  it.each([
    [{ status: "returned" }], [{ handover_note: "Lugnt." }], [{ reason: "Lucia" }], [{ open_items: [{ id: "a" }] }], [{ other_participants: 1 }],
    [{ arena_minutes: { outdoor: 10 } }], [{ incidents: { threat: 1 } }], [{ mumin: [{ delegated_by: "farsta", count: 1 }] }],
  ])("is none with %j", (more) => expect(blank(more)).toBe(false));
  it("is none with a visit", () => expect(blank({}, [{ id: "v", fields: { shift_id: "mine", arrived_at: NOW } }])).toBe(false));
});
