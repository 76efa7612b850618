// @vitest-environment happy-dom
/** PU10: of an approved pass nothing can be saved on the phone, by whatever way a form is reached, and each says why. On the real store. */
import { h, render, type ComponentChild } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import { App } from "../App";
import { changeObservation, changeShift, changeVisit, correctRefused, leave, noteNothing, removeObservation, removeVisit, skip } from "../actions";
import { problem } from "../announce";
import { route } from "../router";
import { submitShift } from "../submit";
import { connectedPhone, type Connected } from "../testing/connected";
import { forgetAll, newest, undoNewest } from "../undo";

const ME = "user-demo1";
const WHY = "Passet är godkänt och låst. Prata med gruppledaren om något är fel.";
let { world, server, phone } = {} as Connected;
const all = () => phone.app.projection();
const shift = () => all().get("shifts", "s")!;
const visit = () => all().get("visits", "v")!;
const seen = () => all().get("observations", "o")!;
const hours = (n: number): string => new Date(world.time + n * 3_600_000).toISOString();
const written = () => phone.app.status().queued;

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone((net) => {
    net.grants = [{ role: "field_worker", district: "farsta", team_id: "ours", valid_until: null }];
  }));
  server.fill("shifts", "s", withDefaults("shifts", { team_id: "ours", district: "farsta", kind: "evening", status: "returned", created_by: ME, participant_ids: [ME], started_at: hours(-20), ended_at: hours(-15) }));
  server.fill("visits", "v", withDefaults("visits", { shift_id: "s", neighbourhood: "Demoby", arena: "outdoor", arrived_at: hours(-19), left_at: null, outcome: "observed" }));
  server.fill("observations", "o", withDefaults("observations", { visit_id: "v", observed_at: hours(-19), topics: ["alcohol"] }));
  await approve("returned");
});
afterEach(() => {
  render(null, document.body);
  forgetAll();
});

async function approve(status = "approved"): Promise<void> {
  phone.isOffline = false;
  server.officeEdit("shifts", "s", { status });
  phone.app.syncNow();
  await world.advance(10_000);
  phone.isOffline = true;
}
async function opened(path: string): Promise<void> {
  render(null, document.body);
  const { pathname, searchParams } = new URL(path, "https://demo.example");
  route.value = { path: pathname, query: searchParams, hash: "" };
  render(h(App, {}) as ComponentChild, document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull(), { timeout: 10_000 });
}

describe("PU10 no form of an approved pass", () => {
  it.each(["/app/besok/v", "/app/iakttagelse/o", "/app/iakttagelse/ny?besok=v", "/app/plats?besok=v", "/app/pass/s", "/app/pass/s/uppgifter", "/app/pass/s/skicka", "/app/pass/s/besok"])(
    "PU10 stands at %s; the page says why", async (path) => {
      await approve();
      await opened(path);
      await vi.waitFor(() => expect(document.querySelector("main")?.textContent).toContain(WHY));
      expect([...document.querySelectorAll("main button, main input, main select, main textarea, .action")]).toEqual([]);
    },
  );

  it("PU10 stays open when the approval comes: what is typed is not saved", async () => {
    await opened("/app/besok/v");
    await vi.waitFor(() => expect(document.querySelector(".action")).not.toBeNull());
    await approve();
    await vi.waitFor(() => expect(document.querySelector("main")?.textContent).toContain(WHY));
    expect(document.querySelector(".action")).toBeNull();
  });
});

describe("PU10 no action writes into an approved pass", () => {
  const form = () => ({ ended_at: hours(-15), arena_minutes: {}, handover_note: "Sent.", incidents: {}, mumin: [], seen: { version: 1, fields: shift().fields } });
  it.each<[string, () => Promise<unknown>]>([
    ["a change of the pass", () => changeShift(shift(), { reason: "sent" })],
    ["sending it in", () => submitShift(shift(), form())],
    ["a change of a visit", () => changeVisit(visit(), { arena: "mall" })],
    ["the end of a visit", () => leave(visit())],
    ["nothing to note", () => noteNothing(visit())],
    ["a place left out", () => skip(shift(), "torget", "time")],
    ["a change of an observation", () => changeObservation(seen(), visit(), { note: "sent" }, {})],
    ["a removal", () => removeObservation(seen())],
    ["a removal with what hangs on it", () => removeVisit(visit())],
  ])("%s", async (_, act) => {
    await approve();
    expect(await act()).toBe(false);
    expect(problem.value).toBe("status.lockedHint");
    expect(written()).toBe(0);
  });

  it("Ångra: what was done before the approval stands, and is offered no more", async () => {
    expect(await changeVisit(visit(), { arena: "mall" })).toBe(true);
    await approve();
    await expect(undoNewest()).rejects.toThrow("status.lockedHint");
    expect(written()).toBe(0);
    expect(newest()).toBeUndefined();
  });

  it("a correction of what was refused: it is handed over or removed instead", async () => {
    phone.isOffline = false;
    await phone.app.commands.update("visits", "v", { poison: true } as object);
    await world.advance(10_000);
    await approve();
    expect(visit().rejectionId).not.toBeNull();
    expect(await correctRefused(visit(), { arena: "mall" })).toBe(false);
    expect(problem.value).toBe("status.lockedHint");
    expect(written()).toBe(0);
  });

  it("PU11 what was written before the phone knew still goes, and waits for the leader", async () => {
    expect(await changeVisit(visit(), { arena: "mall" })).toBe(true);
    server.officeEdit("shifts", "s", { status: "approved" });
    phone.isOffline = false;
    phone.app.syncNow();
    await world.advance(10_000);
    expect(server.all("late")).toHaveLength(1);
  });

  it("once it is open again everything can be written", async () => {
    await approve();
    await approve("returned");
    expect(await changeVisit(visit(), { arena: "mall" })).toBe(true);
  });
});
