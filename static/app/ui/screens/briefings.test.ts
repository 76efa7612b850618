// @vitest-environment happy-dom
/** Utsättning on the phone: what stands beside a place. On the real store. */
import { h, render, type ComponentChild } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connectedPhone, type Connected } from "../testing/connected";
import { BriefingMaker } from "./BriefingMaker";
import { BriefingPage } from "./BriefingPage";

let { world, server, phone } = {} as Connected;

const hours = (n: number): string => new Date(world.time + n * 3_600_000).toISOString();
const agreed = (more: object = {}) => ({
  held_at: hours(-1), joint: true, districts: ["farsta"], police_area: null, actors: [], valid_from: hours(-1), valid_until: hours(8), note: "",
  priorities: [{ site_id: "torget", rank: 1, reason: "violence", covered_by: null }], ...more,
});

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone((net) => {
    net.grants = [{ role: "field_worker", district: "farsta", team_id: "ours", valid_until: null }];
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
const briefing = (id: string) => phone.app.projection().get("briefings", id)!;

it("a place that nobody may go to says so on the page and on the card that changes it", async () => {
  server.fill("briefings", "b", agreed());
  await world.advance(60_000);
  for (const screen of [h(BriefingPage, {}), h(BriefingMaker, { briefing: briefing("b") })]) {
    await shown(screen);
    await vi.waitFor(() => expect(document.querySelector(".warning")?.textContent).toBe("! Gå inte dit: Hot mot personal"));
  }
});
