/** What a pass came back with: the newest round alone, each thing at its record, and no claim the phone can't know. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../../ports";
import { askedAbout, askedOf, hasMoved, mendedOf, returned, type Comment } from "./comments";
import type { Row } from "./shifts";

const at = (day: number, time = "08:00"): string => `2026-11-${day}T${time}:00Z`;
const PLAIN = { version: 3, tick: "received", receivedAt: null };
const shift = (id: string, more: object = {}) => ({ ...PLAIN, collection: "shifts", id, fields: { status: "returned", created_by: "me", participant_ids: ["me"], started_at: at(20), ...more } });
const visit = (id: string, more: object = {}, row: object = {}) => ({ ...PLAIN, ...row, collection: "visits", id, fields: { shift_id: "s", arrived_at: at(20), received_at: at(21), ...more } });
const seen = (id: string, row: object = {}) => ({ ...PLAIN, ...row, collection: "observations", id, fields: { visit_id: "v", observed_at: at(20) } });
const comment = (id: string, more: object = {}) => ({
  ...PLAIN, collection: "review_comments", id, fields: { shift_id: "s", record_id: null, field: null, text: id, author_id: "lead", made_at: at(23), review_id: "r2", due_on: null, ...more },
});

type Some = { collection: string; id: string; fields: object };
function world(...rows: Some[]): Projection {
  const all = (name: string) => rows.filter(({ collection }) => collection === name);
  return { all, get: (name: string, id: string) => all(name).find((row) => row.id === id) } as unknown as Projection;
}
const ids = (comments: readonly { id: string }[] = []) => comments.map(({ id }) => id);
const round = (...rows: Some[]) => askedOf(world(...rows), rows[0] as unknown as Row<"shifts">);

describe("what is asked for", () => {
  it("is the newest round, in the order it was written, with whose words and until when", () => {
    const first = comment("a", { made_at: at(21), review_id: "r1", due_on: "2026-11-24" });
    const more = { author_id: "deputy", due_on: "2026-12-04" };
    expect(round(shift("s"), first, comment("c", more), comment("b", more))).toMatchObject({ by: "deputy", at: at(23), dueOn: "2026-12-04", comments: [{ id: "b" }, { id: "c" }] });
  });
  it("of older ones, which name no round, are those made at the same moment", () => {
    const old = { review_id: undefined, due_on: undefined };
    expect(round(shift("s"), comment("a", { ...old, made_at: at(21) }), comment("b", old), comment("c", old))).toMatchObject({ dueOn: null, comments: [{ id: "b" }, { id: "c" }] });
    expect(ids(round(shift("s"), comment("a", { ...old, made_at: at(21) }), comment("b"))?.comments)).toEqual(["b"]);
  });
  it.each(["draft", "submitted", "approved"])("is nothing while a pass is %s", (status) => expect(round(shift("s", { status }), comment("a"))).toBeNull());
  it("is nothing where no word has come, or another pass's has", () => expect(round(shift("s"), comment("a", { shift_id: "t" }))).toBeNull());
  it("is not what the leader mended, which stands at its record whatever the pass's status", () => {
    const mended = comment("m", { record_id: "o", field: "counts", before: { counts: [] }, made_at: at(24), review_id: null });
    expect(ids(round(shift("s"), comment("a"), mended)?.comments)).toEqual(["a"]);
    const all = world(shift("s", { status: "approved" }), mended, comment("n", { record_id: "o", field: "note", before: {}, made_at: at(23) }), comment("a", { record_id: "o" }));
    expect(ids(mendedOf(all, { record_id: "o" }))).toEqual(["n", "m"]);
    expect(ids(mendedOf(all, { shift_id: "s" }))).toEqual(["n", "m"]);
    expect(mendedOf(all, { record_id: "v" })).toEqual([]);
  });
  it("stands at its record", () => {
    const rows = [shift("s"), visit("v"), seen("o"), comment("whole"), comment("ofShift", { record_id: "s", field: "mumin" }), comment("ofVisit", { record_id: "v" }), comment("ofSeen", { record_id: "o" })];
    const all = world(...rows);
    expect(rows.slice(0, 3).map((row) => ids(askedAbout(all, row as unknown as Row<"visits">)))).toEqual([["ofShift"], ["ofVisit"], ["ofSeen"]]);
  });
});

it("one's own passes that are back come by their day, one without a day last, then by their start", () => {
  const due = (id: string, due_on: string | null) => comment(`c-${id}`, { shift_id: id, due_on });
  const rows = [
    shift("none"), shift("older", { started_at: at(19) }), shift("late"), due("late", "2026-12-04"), shift("soon"), due("soon", "2026-11-30"),
    shift("sent", { status: "submitted" }), shift("theirs", { created_by: "you", participant_ids: ["you"] }), shift("joined", { created_by: "you", participant_ids: ["you", "me"] }),
  ];
  expect(returned(world(...rows), "me").map((one) => one.shift.id)).toEqual(["soon", "late", "older", "none", "joined"]);
});

describe("something has moved since", () => {
  const moved = (about: string | null, ...rows: Some[]) => hasMoved(world(shift("s"), ...rows), comment("c", { record_id: about }) as unknown as Comment);
  it.each([
    ["when a change of it waits on this phone", { tick: "saved" }, true],
    ["when one is under way", { tick: "sending" }, true],
    ["when the server has received one after it was asked for", { receivedAt: at(24) }, true],
    ["not by what was received before", { receivedAt: at(22) }, false],
    ["not by a higher version alone: a colleague's change tells no time", { version: 9 }, false],
    ["not by a change that was refused", { tick: "refused" }, false],
  ])("%s", (_, row, is) => expect(moved("v", visit("v", {}, row))).toBe(is));
  it("is not said of another record of the pass", () => expect(moved("v", visit("v"), visit("w", {}, { tick: "saved" }))).toBe(false));
  it("of the whole pass, when any of its lines has, or a colleague has written one", () => {
    expect(moved(null, visit("v"), seen("o"))).toBe(false);
    expect(moved(null, visit("v"), seen("o", { tick: "saved" }))).toBe(true);
    expect(moved(null, visit("v", { received_at: at(24) }))).toBe(true);
  });
  it("is not claimed of what is gone", () => expect(moved("gone", visit("v", {}, { tick: "saved" }))).toBe(false));
});
