// @vitest-environment happy-dom
/** Two passes that become one, on the real store: nothing is lost or counted twice, whatever else comes meanwhile. */
import { beforeEach, expect, it } from "vitest";
import { withDefaults } from "../domain/defaults";
import type { Shift, Visit } from "../domain/records";
import type { Fields } from "../ports";
import { noteObservation } from "./actions";
import { joinInstead, moveLines } from "./move";
import { connectedPhone, type Connected } from "./testing/connected";
import { problem } from "./announce";
import { actions, undoNewest } from "./undo";

let { world, server, phone } = {} as Connected;
let me = "";

// The model server knows no defaults; the real one fills them in.
const SHIFT = withDefaults("shifts", { team_id: "team", district: "farsta", kind: "evening" }) as unknown as Shift;
const OTHER = { ...SHIFT, started_at: "2026-11-23T17:00:00+01:00", participant_ids: ["you"], created_by: "you" };

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone());
  me = phone.app.session()!.user.id;
  server.fill("shifts", "other", OTHER);
});

const reader = () => ({ userId: me, teamIds: ["team"] });
const standing = (collection: string) => server.all(collection).map(({ id, fields }) => ({ id, ...fields }) as Fields & { id: string });
const sent = () => [...server.log.values()].map(({ mutation }) => mutation);
const move = (id: string) => moveLines(id, "other", reader());

/** A pass with a visit and two observations; nothing of it need have been received. */
async function evening(): Promise<string> {
  const { commands } = phone.app;
  const shift = await commands.create("shifts", { ...SHIFT, started_at: "2026-11-23T18:00:00+01:00", participant_ids: [me, "you"] });
  const visit = await commands.create("visits", withDefaults("visits", {
    shift_id: shift, site_id: "site", arena: "outdoor", outcome: "observed", arrived_at: "2026-11-23T19:00:00+01:00", left_at: "2026-11-23T19:30:00+01:00",
    together_with: ["police"], actions: ["conversation"],
  }) as Partial<Visit>);
  for (const [at, note] of [["10", "ett"], ["20", "två"]] as const)
    await noteObservation(phone.app.projection().get("visits", visit)!, { note, topics: ["alcohol"], observed_at: `2026-11-23T19:${at}:00+01:00` }, {});
  return shift;
}

it.each([["received", 60_000], ["not sent yet", 0]])("CL1 what one wrote stands on the other pass alone, one's own name first: %s", async (_, wait) => {
  await world.advance(60_000);
  const shift = await evening();
  await world.advance(wait);
  expect(await move(shift)).toBe(true);
  expect(phone.app.projection().all("shifts").map(({ id }) => id)).toEqual(["other"]);
  await world.advance(60_000);
  const [visit, ...more] = standing("visits");
  expect(more).toEqual([]);
  expect(visit).toMatchObject({ shift_id: "other", site_id: "site", together_with: ["police"], left_at: "2026-11-23T19:30:00+01:00", created_by: me });
  expect(standing("observations").map(({ note, visit_id }) => [note, visit_id])).toEqual([["ett", visit!.id], ["två", visit!.id]]);
  expect(server.get("shifts", "other")?.fields.participant_ids).toEqual(["you", me]);
  expect(server.get("shifts", shift)?.gone).toBe("deleted");
  const last = sent().slice(4).map(({ op, collection }) => `${op} ${collection}`);
  expect(last).toEqual([
    "update shifts", "create visits", "create observations", "create observations", "delete observations", "delete observations", "delete visits", "delete shifts",
  ]);
  expect(standing("rejections")).toEqual([]);
  expect(actions.value).toEqual([]);
});

it("CL1 a second tap finds nothing left to move", async () => {
  await world.advance(60_000);
  const shift = await evening();
  await Promise.all([move(shift), move(shift)]);
  await move(shift);
  await world.advance(60_000);
  expect(standing("visits")).toHaveLength(1);
  expect(standing("observations")).toHaveLength(2);
});

it("CL3 a line the server refuses stays visible on the other pass, with what was seen there", async () => {
  await world.advance(60_000);
  const shift = await evening();
  await world.advance(60_000);
  const [visit] = phone.app.projection().all("visits");
  await phone.app.commands.update("visits", visit!.id, { poison: true } as object);
  server.officeEdit("visits", visit!.id, { poison: true });
  await world.advance(60_000);
  for (const { fields } of phone.app.projection().all("rejections")) await phone.app.commands.discard(fields.id);
  await world.advance(60_000);
  expect(await move(shift)).toBe(true);
  await world.advance(60_000);
  const shown = phone.app.projection().all("visits");
  expect(shown.map(({ fields, tick }) => [fields.shift_id, tick])).toEqual([["other", "refused"]]);
  expect(phone.app.projection().all("observations").map(({ tick }) => tick)).toEqual(["refused", "refused"]);
  expect(standing("visits")).toEqual([]);
});

it("PU5 a colleague's change that came meanwhile is asked about: both are kept, and so is the pass they are on", async () => {
  await world.advance(60_000);
  const shift = await evening();
  await world.advance(60_000);
  const [visit] = phone.app.projection().all("visits");
  phone.isOffline = true;
  await move(shift);
  server.officeEdit("visits", visit!.id, { audience: ["adults"] });
  phone.isOffline = false;
  await world.advance(60_000);
  expect(standing("conflicts").map(({ record_id, sent: side }) => [record_id, side])).toEqual([[visit!.id, { deleted: true }]]);
  expect(standing("visits").map(({ shift_id }) => shift_id).sort()).toEqual([shift, "other"].sort());
  expect(server.get("shifts", shift)?.gone).toBeNull();
});

it("PU9 a colleague's line that came meanwhile keeps the pass, and what went along counts on the other alone", async () => {
  await world.advance(60_000);
  server.officeEdit("shifts", "other", { participant_ids: ["you", me] });
  const shift = await evening();
  await phone.app.commands.update("shifts", shift, { mumin: [{ delegated_by: "farsta", count: 2 }], handover_note: "Lugnt." });
  await world.advance(60_000);
  phone.isOffline = true;
  await move(shift);
  server.fill("visits", "theirs", { shift_id: shift, outcome: "observed", created_by: "you" });
  phone.isOffline = false;
  await world.advance(60_000);
  expect(server.get("shifts", shift)).toMatchObject({ gone: null, fields: { mumin: [], handover_note: "" } });
  expect(server.get("shifts", "other")?.fields).toMatchObject({ mumin: [{ delegated_by: "farsta", count: 2 }], handover_note: "Lugnt." });
  expect(standing("visits").map(({ id, shift_id }) => [id === "theirs", shift_id]).sort()).toEqual([[false, "other"], [true, shift]]);
});

it("one who leaves colleagues' lines behind goes over; the pass stays theirs", async () => {
  await world.advance(60_000);
  const shift = await evening();
  await world.advance(60_000);
  server.fill("visits", "theirs", withDefaults("visits", { shift_id: shift, outcome: "observed", arrived_at: "2026-11-23T20:00:00+01:00", created_by: "you" }));
  await world.advance(60_000);
  await move(shift);
  await world.advance(60_000);
  expect(server.get("shifts", shift)).toMatchObject({ gone: null, fields: { participant_ids: ["you"] } });
  expect(standing("visits").map(({ id, shift_id }) => [id === "theirs", shift_id]).sort()).toEqual([[false, "other"], [true, shift]]);
});

it("U04 going over from a blank pass is taken back with all that a pass must say", async () => {
  const shift = await phone.app.commands.create("shifts", { ...SHIFT, started_at: "2026-11-23T18:00:00+01:00", participant_ids: [me, "you"] });
  await world.advance(60_000);
  await joinInstead(shift, "other");
  await undoNewest();
  await world.advance(60_000);
  expect(standing("shifts").filter(({ id }) => id !== "other")).toMatchObject([{ team_id: "team", district: "farsta", participant_ids: [me, "you"] }]);
});

const drafts = async () => Object.fromEntries((await phone.app.commands.allDrafts()).filter(({ key }) => key !== "undo").map(({ key, value }) => [key, value]));
const opened = (collection: "visits" | "observations", id: string) => {
  const { version, fields } = phone.app.projection().get(collection, id)!;
  return { version, fields };
};

it("C01 what is half written about a line goes along with it, on its first version; about a late visit, with the pass", async () => {
  await world.advance(60_000);
  const shift = await evening();
  await world.advance(60_000);
  const { commands, projection } = phone.app;
  const [visit, first] = [projection().all("visits")[0]!, projection().all("observations").find(({ fields }) => fields.note === "ett")!];
  const seen = { visit: opened("visits", visit.id), observation: opened("observations", first.id) };
  await commands.saveDraft(`visit:${visit.id}`, { form: { left: "20:10" }, seen: seen.visit });
  await commands.saveDraft(`observation:new:${visit.id}`, { note: "tre", seen: { ...seen, observation: null } });
  await commands.saveDraft(`observation:${first.id}`, { note: "ett och ett", seen });
  await commands.saveDraft(`visit:new:${shift}:site`, { arrived: "19:40" });
  await commands.saveDraft("after:team", { day: "2026-11-22" });
  expect(await move(shift)).toBe(true);
  const [moved, again] = [projection().all("visits")[0]!, projection().all("observations").find(({ fields }) => fields.note === "ett")!];
  expect(await drafts()).toMatchObject({
    [`visit:${moved.id}`]: { form: { left: "20:10" }, seen: { version: 0 } },
    [`observation:new:${moved.id}`]: { note: "tre", seen: { visit: { version: 0 }, observation: null } },
    [`observation:${again.id}`]: { note: "ett och ett", seen: { visit: { version: 0 }, observation: { version: 0 } } },
    "visit:new:other:site": { arrived: "19:40" },
    "after:team": { day: "2026-11-22" },
  });
  expect(Object.keys(await drafts())).toHaveLength(5);
});

it.each([["check", "doubled.begunCheck"], ["shift", "doubled.begunFacts"]])("C01 a pass with something half written about itself stays, and the screen says why: %s", async (form, words) => {
  const { commands } = phone.app;
  await world.advance(60_000);
  server.officeEdit("shifts", "other", { participant_ids: ["you", me] });
  const shift = await evening();
  const blank = await commands.create("shifts", { ...SHIFT, started_at: "2026-11-23T18:30:00+01:00", participant_ids: [me] });
  await world.advance(60_000);
  const sentBefore = sent().length;
  for (const id of [shift, blank]) await commands.saveDraft(`${form}:${id}`, { handover_note: "Grinden är trasig." });
  for (const tap of [() => move(shift), () => joinInstead(blank, "other")]) {
    expect(await tap()).toBe(false);
    expect(problem.value).toBe(words);
  }
  await world.advance(60_000);
  expect(sent()).toHaveLength(sentBefore);
  await commands.dropDraft(`${form}:${shift}`);
  expect(await move(shift)).toBe(true);
});

it("PU5 a form opened on what a colleague has changed since keeps its line: only there can it be asked about", async () => {
  await world.advance(60_000);
  const shift = await evening();
  await world.advance(60_000);
  const [visit] = phone.app.projection().all("visits");
  await phone.app.commands.saveDraft(`visit:${visit!.id}`, { form: { left: "20:10" }, seen: opened("visits", visit!.id) });
  server.officeEdit("visits", visit!.id, { audience: ["adults"] });
  await world.advance(60_000);
  expect(await move(shift)).toBe(false);
  expect(problem.value).toBe("doubled.begunLine");
});

it.each([["theirs", "20:00", "21:00"], ["mine", "21:00", "20:00"]])("a group is at one place: where both passes have a visit under way the older ends, %s", async (older, there, here) => {
  await world.advance(60_000);
  server.officeEdit("shifts", "other", { participant_ids: ["you", me] });
  server.fill("visits", "theirs", withDefaults("visits", { shift_id: "other", outcome: "observed", arena: "outdoor", arrived_at: `2026-11-23T${there}:00+01:00`, created_by: "you" }));
  const shift = await phone.app.commands.create("shifts", { ...SHIFT, started_at: "2026-11-23T18:00:00+01:00", participant_ids: [me] });
  await phone.app.commands.create("visits", withDefaults("visits", { shift_id: shift, arena: "outdoor", outcome: "observed", arrived_at: `2026-11-23T${here}:00+01:00` }) as Partial<Visit>);
  await world.advance(60_000);
  await move(shift);
  await world.advance(60_000);
  const ends = standing("visits").map(({ id, shift_id, left_at }) => [id === "theirs" ? "theirs" : "mine", shift_id, left_at]);
  expect(ends.sort()).toEqual(["mine", "theirs"].map((one) => [one, "other", one === older ? "2026-11-23T21:00:00+01:00" : null]));
});

it("a pass on which something was noted meanwhile, or that was for something else, is no blank one to leave", async () => {
  const { commands } = phone.app;
  await world.advance(60_000);
  const pass = { ...SHIFT, started_at: "2026-11-23T18:00:00+01:00", participant_ids: [me, "you"] };
  const noted = await commands.create("shifts", { ...pass, handover_note: "Lugnt." });
  const other = await commands.create("shifts", { ...pass, assignment: "reinforcement", requested_by: "farsta" });
  for (const id of [noted, other]) expect(await joinInstead(id, "other")).toBe(false);
  expect(problem.value).toBe("doubled.noLongerBlank");
  expect(phone.app.projection().all("shifts")).toHaveLength(3);
});
