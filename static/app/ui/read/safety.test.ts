/** A place not visited for safety reaches the leader of the team the same night. */
import { describe, expect, it } from "vitest";
import type { Projection, Session } from "../../ports";
import { unsafeLately } from "./safety";

const NOW = "2026-11-24T01:00:00+01:00";
const lead = { user: { id: "me" }, grants: [{ role: "team_lead", team_id: "ours" }, { role: "field_worker", team_id: "theirs" }] } as unknown as Session;
const visit = (id: string, more: object = {}, version = 1) => ({
  id, version,
  fields: { shift_id: "shift", outcome: "not_visited", not_visited_reason: "safety", arrived_at: "2026-11-23T21:40:00+01:00", created_by: "you", ...more },
});
function found(session: Session, team: string, ...visits: object[]): string[] {
  const records = { all: () => visits, get: () => ({ fields: { team_id: team } }) } as unknown as Projection;
  return unsafeLately(records, session, NOW).map(({ id }) => id);
}

describe("not visited for safety", () => {
  it("is told to the team's lead, the newest first", () =>
    expect(found(lead, "ours", visit("a"), visit("b", { arrived_at: "2026-11-23T22:00:00+01:00" }))).toEqual(["b", "a"]));
  it("is told the next day too where the phone had no coverage: a day from when it came", () => {
    const arrived_at = "2026-11-22T21:40:00+01:00";
    const came = (received_at: string) => found(lead, "ours", visit("a", { arrived_at, received_at }));
    expect(came("2026-11-24T00:30:00Z")).toEqual(["a"]);
    expect(came("2026-11-22T23:59:00Z")).toEqual([]);
  });
  it.each([
    ["for another reason", visit("a", { not_visited_reason: "time" })],
    ["that was visited after all", visit("a", { outcome: "observed", not_visited_reason: null })],
    ["one wrote oneself", visit("a", { created_by: "me" })],
    ["this phone has not sent yet", visit("a", { created_by: undefined }, 0)],
    ["of the night before", visit("a", { arrived_at: "2026-11-23T00:59:00+01:00" })],
  ])("is not told of what was left out %s", (_, one) => expect(found(lead, "ours", one)).toEqual([]));
  it("is told to nobody who does not lead the team", () => {
    expect(found(lead, "theirs", visit("a"))).toEqual([]);
    expect(found({ ...lead, grants: [] }, "ours", visit("a"))).toEqual([]);
  });
});
