/** What waits for a leader: led teams alone, oldest first, with what somebody else must settle. */
import { describe, expect, it } from "vitest";
import type { Projection, Session } from "../../ports";
import { reviewQueue } from "./review";

const NOW = "2026-11-27T08:00:00Z";
const at = (day: number): string => `2026-11-${day}T08:00:00Z`;
const grants = (role: string) => [{ role, team_id: "ours", district: "farsta", valid_until: null }];
const session = (role = "team_lead") => ({ user: { id: "me", name: "Demo Ledare", email: "" }, grants: grants(role) }) as unknown as Session;

const row = (collection: string, id: string, fields: object, version = 1) => ({ collection, id, version, fields });
const pass = (id: string, more: object = {}) => row("shifts", id, { team_id: "ours", status: "submitted", created_by: "you", participant_ids: ["you"], started_at: at(25), ...more });
const kept = (name: string, id: string, more: object = {}, version = 1) =>
  row(name, id, { state: name === "rejections" ? "open" : "waiting", collection: "visits", record_id: "v", fields: {}, author_id: "you", since: at(25), received_at: at(25), ...more }, version);

function queue(rows: { collection: string; id: string }[], role = "team_lead") {
  const all = (name: string) => rows.filter(({ collection }) => collection === name);
  const records = { all, get: (name: string, id: string) => all(name).find((one) => one.id === id) } as unknown as Projection;
  return reviewQueue(records, session(role), NOW);
}

describe("a leader's queue", () => {
  it("is nobody's who leads no team", () => expect(queue([pass("a")], "field_worker")).toBeNull());

  it("holds the passes of led teams, sent in and returned, oldest first, one's own marked", () => {
    const found = queue([
      pass("new"), pass("old", { started_at: at(20) }), pass("theirs", { team_id: "theirs" }), pass("draft", { status: "draft" }), pass("done", { status: "approved" }),
      pass("back", { status: "returned" }), pass("on", { started_at: at(26), participant_ids: ["you", "me"] }), pass("began", { started_at: at(27), created_by: "me" }),
    ])!;
    expect(found.submitted.map(({ shift, isOwn }) => [shift.id, isOwn])).toEqual([["old", false], ["new", false], ["on", true], ["began", true]]);
    expect(found.returned.map(({ shift }) => shift.id)).toEqual(["back"]);
  });

  it("holds refusals that are open or handed over and have reached the server, oldest first", () => {
    const found = queue([
      kept("rejections", "b"), kept("rejections", "a", { state: "handed_over", received_at: at(20) }), kept("rejections", "here", {}, 0),
      ...["discarded", "corrected", "replayed"].map((state) => kept("rejections", state, { state })),
    ])!;
    expect(found.rejections.map(({ row: { id } }) => id)).toEqual(["a", "b"]);
  });

  it.each<[string, object, boolean]>([
    ["of a pass of a led team", { record_id: "our-v" }, true],
    ["one's own, of a pass of a team one does not lead", { record_id: "their-v", author_id: "me" }, false],
    ["a new visit of such a pass", { record_id: "new", fields: { shift_id: "theirs" }, author_id: "me" }, false],
    ["of what is not here, which the server judges", { record_id: "gone" }, true],
    ["of no pass, which the server judges", { collection: "briefings", record_id: "b" }, true],
  ])("of refusals, %s", (_, more, maySettle) => {
    const rows = [pass("a"), pass("theirs", { team_id: "theirs" }), row("visits", "our-v", { shift_id: "a" }), row("visits", "their-v", { shift_id: "theirs" })];
    expect(queue([...rows, kept("rejections", "r", more)])!.rejections).toMatchObject([{ row: { id: "r" }, maySettle }]);
  });

  it("holds visits at places outside the register, newest first, of led teams alone", () => {
    const place = { label: "Demo hörnet", lat: 59.2, lon: 18.1 };
    const visit = (id: string, shift_id: string, more: object) => row("visits", id, { shift_id, arrived_at: at(25), place: null, ...more });
    const found = queue([
      pass("a"), pass("theirs", { team_id: "theirs" }), visit("known", "a", {}), visit("old", "a", { place, arrived_at: at(20) }), visit("new", "a", { place }), visit("other", "theirs", { place }),
    ])!;
    expect(found.newPlaces.map(({ id }) => id)).toEqual(["new", "old"]);
  });

  it("holds open conflicts, oldest first", () =>
    expect(queue([row("conflicts", "b", { state: "open", made_at: at(25) }), row("conflicts", "a", { state: "open", made_at: at(20) }), row("conflicts", "c", { state: "resolved", made_at: at(21) })])!
      .conflicts.map(({ id }) => id)).toEqual(["a", "b"]));

  it.each<[string, object, boolean]>([
    ["a visit of a pass one was on", { record_id: "mine-v" }, false],
    ["a new visit of it", { record_id: "new", fields: { shift_id: "mine" } }, false],
    ["a new observation of it", { collection: "observations", record_id: "new", fields: { visit_id: "mine-v" } }, false],
    ["that pass itself", { collection: "shifts", record_id: "mine" }, false],
    ["a colleague's pass", { record_id: "their-v" }, true],
    ["a pass the phone does not hold, which the server judges", { record_id: "gone" }, true],
  ])("of what came late, %s", (_, more, maySettle) => {
    const found = queue([
      pass("mine", { status: "approved", participant_ids: ["me"] }), pass("their", { status: "approved" }),
      row("visits", "mine-v", { shift_id: "mine" }), row("visits", "their-v", { shift_id: "their" }), kept("late", "l", more), kept("late", "settled", { state: "applied" }),
    ])!;
    expect(found.late).toMatchObject([{ row: { id: "l" }, maySettle }]);
  });

  it("PU9 holds what has waited a day for what it belongs to", () =>
    expect(queue([kept("held", "old"), kept("held", "new", { since: "2026-11-26T09:00:00Z" }), kept("held", "came", { state: "applied" })])!.held.map(({ id }) => id)).toEqual(["old"]));
});
