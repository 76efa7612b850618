// @vitest-environment happy-dom
/** U04: what is taken back is taken back once and whole, on the real store. */
import { beforeEach, describe, expect, it } from "vitest";
import { addVisit, changeShift, changeVisit, joinShift, noteObservation, removeVisit } from "./actions";
import { attempt, problem } from "./announce";
import { joinInstead } from "./move";
import { withDefaults } from "../domain/defaults";
import type { Shift } from "../domain/records";
import { connectedPhone, type Connected } from "./testing/connected";
import { actions, restoreUndo, undoNewest } from "./undo";

let { world, server, phone } = {} as Connected;

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone());
  await restoreUndo();
});

const standing = (name: "visits" | "observations") => [...server.records.values()].filter(({ collection, gone }) => collection === name && !gone);

describe("undo", () => {
  it("CL1 U04 a visit that is put back comes with all its observations, once, however often it is tapped", async () => {
    const { commands } = phone.app;
    const shift = await commands.create("shifts", { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" });
    const id = await commands.create("visits", { shift_id: shift, outcome: "observed" });
    const visit = () => phone.app.projection().get("visits", id)!;
    for (const topic of ["alcohol", "gathering", "vandalism"] as const) await noteObservation(visit(), { topics: [topic] }, {});
    await removeVisit(visit());
    expect(phone.app.projection().all("observations")).toHaveLength(0);

    await Promise.all([undoNewest(), undoNewest(), undoNewest()]);

    expect(phone.app.projection().all("visits")).toHaveLength(1);
    expect(phone.app.projection().all("observations")).toHaveLength(3);
    await world.advance(60_000);
    expect(standing("visits")).toHaveLength(1);
    expect(standing("observations")).toHaveLength(3);
  });

  it("CL1 what was taken back is not offered again, also by what the phone keeps", async () => {
    const { commands } = phone.app;
    const shift = await commands.create("shifts", { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" });
    const id = await commands.create("visits", { shift_id: shift, outcome: "observed" });
    await noteObservation(phone.app.projection().get("visits", id)!, { topics: ["alcohol"] }, {});
    await removeVisit(phone.app.projection().get("visits", id)!);
    await undoNewest();
    await undoNewest(); // a thumb that taps twice means the one it saw
    await restoreUndo();
    expect(actions.value.map(({ label }) => label)).toEqual(["action.noted"]);
  });

  const PASS = { ...withDefaults("shifts", { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" }) } as Partial<Shift>;
  const shift = (id: string) => phone.app.projection().get("shifts", id)!;
  const conflicts = () => [...server.records.values()].filter(({ collection }) => collection === "conflicts").map(({ fields }) => [fields.server, fields.sent]);

  it.each([["known before", true], ["on its way", false]])("PU5 a colleague's later value is asked about, never written over: %s", async (_, isKnown) => {
    const pass = await phone.app.commands.create("shifts", PASS);
    const id = await phone.app.commands.create("visits", { shift_id: pass, outcome: "observed", audience: [], actions: [] });
    await world.advance(60_000);
    await changeVisit(phone.app.projection().get("visits", id)!, { audience: ["youth"], actions: ["conversation"] });
    await world.advance(60_000);
    server.officeEdit("visits", id, { audience: ["adults"] });
    if (isKnown) await world.advance(60_000);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("visits", id)?.fields).toMatchObject({ audience: ["adults"], actions: [] });
    expect(conflicts()).toEqual([[{ audience: ["adults"] }, { audience: [] }]]);
  });

  it("PU5 one's own later sayings are no other side", async () => {
    const pass = await phone.app.commands.create("shifts", PASS);
    await changeShift(shift(pass), { kind: "night" });
    await world.advance(60_000);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("shifts", pass)?.fields).toMatchObject({ kind: "evening" });
    expect(conflicts()).toEqual([]);
  });

  it("PU7 takes oneself off a pass joined, and nobody who came since", async () => {
    const me = phone.app.session()!.user.id;
    server.fill("shifts", "other", { ...PASS, participant_ids: ["you"], created_by: "you" });
    await world.advance(60_000);
    await joinShift(shift("other"), me);
    await world.advance(60_000);
    server.officeEdit("shifts", "other", { participant_ids: ["you", me, "them"] });
    await world.advance(60_000);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("shifts", "other")?.fields.participant_ids).toEqual(["you", "them"]);
  });

  it("PU7 puts back whom the action took off, beside who came since", async () => {
    const pass = await phone.app.commands.create("shifts", { ...PASS, participant_ids: ["me", "you"] });
    await world.advance(60_000);
    await changeShift(shift(pass), { participant_ids: ["me"], kind: "night" });
    await world.advance(60_000);
    server.officeEdit("shifts", pass, { participant_ids: ["me", "them"], kind: "day" });
    await world.advance(60_000);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("shifts", pass)?.fields).toMatchObject({ participant_ids: ["me", "them", "you"], kind: "day" });
    expect(conflicts()).toEqual([[{ kind: "day" }, { kind: "evening" }]]);
  });

  it("PU7 going over from a blank pass is taken back beside who came to the other since", async () => {
    const me = phone.app.session()!.user.id;
    server.fill("shifts", "other", { ...PASS, participant_ids: ["you"], created_by: "you" });
    const pass = await phone.app.commands.create("shifts", { ...PASS, started_at: "2026-11-23T19:00:00+01:00", participant_ids: [me, "you"] });
    await world.advance(60_000);
    await joinInstead(pass, "other");
    await world.advance(60_000);
    server.officeEdit("shifts", "other", { participant_ids: ["you", me, "them"] });
    await world.advance(60_000);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("shifts", "other")?.fields.participant_ids).toEqual(["you", "them"]);
  });

  it("PU9 what a colleague has said of a new line since meets its removal", async () => {
    const pass = await phone.app.commands.create("shifts", PASS);
    await addVisit({ shift_id: pass, outcome: "observed", together_with: [] });
    await world.advance(60_000);
    const { id } = phone.app.projection().all("visits")[0]!;
    server.officeEdit("visits", id, { together_with: ["police"] });
    await world.advance(60_000);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("visits", id)).toMatchObject({ gone: null, fields: { together_with: ["police"] } });
    expect(conflicts().map(([, side]) => side)).toEqual([{ deleted: true }]);
  });

  it("what a colleague has noted on a new line keeps it, and stands in the way of nothing older", async () => {
    const pass = await phone.app.commands.create("shifts", PASS);
    await changeShift(shift(pass), { kind: "night" });
    await addVisit({ shift_id: pass, outcome: "observed" });
    await world.advance(60_000);
    const { id } = phone.app.projection().all("visits")[0]!;
    server.fill("observations", "theirs", { visit_id: id, topics: ["alcohol"], created_by: "you" });
    await world.advance(60_000);
    expect(await attempt(undoNewest)).toBe(false);
    expect(problem.value).toBe("undo.writtenOn");
    await world.advance(60_000);
    expect(standing("visits")).toHaveLength(1);
    expect(standing("observations")).toHaveLength(1);
    await undoNewest();
    await world.advance(60_000);
    expect(server.get("shifts", pass)?.fields.kind).toBe("evening");
  });
});
