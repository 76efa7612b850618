// @vitest-environment happy-dom
/** Utsättning on the phone: what stands beside a place. On the real store. */
import { h, render, type ComponentChild, type FunctionComponent } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { route } from "../router";
import { connectedPhone, type Connected } from "../testing/connected";
import { BriefingMaker } from "./BriefingMaker";
import { BriefingPage } from "./BriefingPage";
import { SyncPage } from "./SyncPage";
import { WalkPage } from "./Walks";

let { world, server, phone } = {} as Connected;

const hours = (n: number): string => new Date(world.time + n * 3_600_000).toISOString();
const agreed = (more: object = {}) => ({
  held_at: hours(-1), joint: true, districts: ["farsta"], police_area: null, actors: [], valid_from: hours(-1), valid_until: hours(8), note: "",
  priorities: [{ site_id: "torget", rank: 1, reason: "violence", covered_by: null }], ...more,
});

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone((net) => {
    net.grants = ["field_worker", "walk_coordinator"].map((role) => ({ role, district: "farsta", team_id: "ours", valid_until: null }));
  }));
  server.fill("sites", "torget", { name: "Demo torget", district: "farsta", safety_level: "do_not_go", safety_reason: "Hot mot personal" });
  server.fill("districts", "farsta", { code: "farsta", name: "Demo Farsta", neighbourhoods: [], police_areas: [] });
});
afterEach(() => render(null, document.body));

async function shown(screen: ComponentChild): Promise<void> {
  render(null, document.body);
  render(screen, document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
}
const words = () => document.body.textContent ?? "";
const tap = (name: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === name)!.click();
const briefing = (id: string) => phone.app.projection().get("briefings", id)!;

it("a place that nobody may go to says so on the page and on the card that changes it", async () => {
  server.fill("briefings", "b", agreed());
  await world.advance(60_000);
  for (const screen of [h(BriefingPage, {}), h(BriefingMaker, { briefing: briefing("b") })]) {
    await shown(screen);
    await vi.waitFor(() => expect(document.querySelector(".warning")?.textContent).toBe("! Gå inte dit: Hot mot personal"));
  }
});

describe("what was refused", () => {
  // The model server knows briefings and walks from the office alone, and refuses a phone's.
  const sent = () => [...server.log.values()].map(({ mutation }) => mutation).filter(({ collection }) => collection !== "shifts");
  const refusals = () => phone.app.projection().all("rejections").filter(({ fields }) => fields.state === "open");

  it("is corrected in its own form, whole where it was new, with the reason beside it", async () => {
    const id = await phone.app.commands.create("briefings", agreed());
    await world.advance(60_000);
    const [refusal] = refusals();
    await shown(h(SyncPage, {}));
    await vi.waitFor(() => tap("Rätta"));
    expect(location.pathname).toBe(`/app/mer/utsattning/${id}`);
    await shown(h(BriefingMaker, { briefing: briefing(id) }));
    await vi.waitFor(() => expect(document.querySelector(".refusal")).not.toBeNull());
    tap("Spara");
    await vi.waitFor(() => expect(route.value.path).toBe("/app/mer/utsattning"));
    await world.advance(60_000);
    expect(sent().at(-1)).toMatchObject({ op: "create", record_id: id, replaces: refusal!.id, fields: { priorities: agreed().priorities, districts: ["farsta"] } });
  });

  it("is shown on top of what stands, and of a change only that goes again", async () => {
    server.fill("briefings", "b", agreed());
    await world.advance(60_000);
    await phone.app.commands.update("briefings", "b", { note: "Mer folk vid torget." });
    await world.advance(60_000);
    await shown(h(BriefingMaker, { briefing: briefing("b") }));
    await vi.waitFor(() => expect((document.getElementById("note") as HTMLTextAreaElement).value).toBe("Mer folk vid torget."));
    tap("Spara");
    await vi.waitFor(() => expect(sent()).toHaveLength(1));
    await world.advance(60_000);
    expect(sent().at(-1)).toMatchObject({ op: "update", record_id: "b", fields: { note: "Mer folk vid torget." } });
    expect(sent().at(-1)!.replaces).not.toBeNull();
  });

  it("says why on the page of a walk", async () => {
    server.fill("walk_groups", "g", { district: "farsta", name: "Demo vandrare" });
    server.fill("walks", "w", { district: "farsta", group_id: "g", planned_start: hours(-1), planned_end: hours(2), status: "ready", site_ids: [], planned_walkers: 3, log_note: "" });
    await world.advance(60_000);
    await phone.app.commands.update("walks", "w", { log_note: "Lugnt." });
    await world.advance(60_000);
    await shown(h(WalkPage, { walk: phone.app.projection().get("walks", "w")! }));
    await vi.waitFor(() => expect(words()).toContain("Ta bort"));
    expect(document.querySelector(".refusal")).not.toBeNull();
  });
});

it("C01 an utsättning that was begun says that it is back", async () => {
  await phone.app.commands.saveDraft("briefing:new", { note: "Halvskriven" });
  await shown(h(BriefingMaker as FunctionComponent, {}));
  await vi.waitFor(() => expect(document.querySelector("[role=status].quiet")?.textContent).toBe("Ditt utkast är tillbaka."));
});

it("what is agreed for later stands under what holds now, the next first", async () => {
  const later = (n: number) => agreed({ held_at: hours(n), valid_from: hours(n), valid_until: hours(n + 8), note: `om ${n} h` });
  for (const [id, fields] of [["b", later(48)], ["a", later(24)], ["now", agreed({ note: "nu" })], ["theirs", { ...later(24), districts: ["bromma"] }]] as const) server.fill("briefings", id, fields);
  await world.advance(60_000);
  await shown(h(BriefingPage, {}));
  expect(words()).toMatch(/nu.*Kommande.*om 24 h.*om 48 h/s);
  expect(document.querySelectorAll("section.card")).toHaveLength(3);
});
