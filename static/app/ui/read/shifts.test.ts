/** Which passes one may join. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../../ports";
import { joinable } from "./shifts";

const NOW = "2026-11-23T19:00:00+01:00";
const pass = (id: string, more: object = {}) => ({
  id,
  fields: { team_id: "ours", status: "draft", ended_at: null, started_at: "2026-11-23T18:00:00+01:00", participant_ids: ["you"], ...more },
});

function found(...rows: { id: string; fields: object }[]): string[] {
  const records = { all: () => rows } as unknown as Projection;
  return joinable(records, "me", ["ours"], NOW).map(({ id }) => id);
}

describe("a pass one can join", () => {
  it("is under way in one's own team, the newest first", () =>
    expect(found(pass("early"), pass("late", { started_at: "2026-11-23T18:30:00+01:00" }))).toEqual(["late", "early"]));
  it.each([
    ["one is on already", { participant_ids: ["you", "me"] }],
    ["of another team", { team_id: "theirs" }],
    ["that has ended", { ended_at: NOW }],
    ["that is sent in", { status: "submitted" }],
    ["somebody forgot to end yesterday", { started_at: "2026-11-22T19:00:00+01:00" }],
  ])("is not one %s", (_, more) => expect(found(pass("no", more))).toEqual([]));
});
