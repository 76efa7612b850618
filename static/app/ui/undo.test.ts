// @vitest-environment happy-dom
/** U04: what is taken back is taken back once and whole, on the real store. */
import { beforeEach, describe, expect, it } from "vitest";
import { noteObservation, removeVisit } from "./actions";
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
});
