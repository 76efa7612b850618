/** Which passes are one's own, and which one may join. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../../ports";
import { joinable, lastShiftOn, myShifts, openShift } from "./shifts";

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
  it("one that one began and has left is under way for those who are on it", () => {
    const before = pass("before", { participant_ids: ["me"], started_at: "2026-11-23T16:00:00+01:00" });
    expect(openShift(records(began, before), "me")?.id).toBe("before");
  });
  it("one that one began stays the one under way when a colleague puts one on a newer one; one forgotten the day before does not", () => {
    const mine = pass("mine", { created_by: "me", participant_ids: ["me"], started_at: "2026-11-23T16:00:00+01:00" });
    expect(openShift(records(on, mine), "me")?.id).toBe("mine");
    expect(openShift(records(on, pass("old", { ...mine.fields, started_at: "2026-11-22T16:00:00+01:00" })), "me")?.id).toBe("on");
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
