// @vitest-environment happy-dom
/** A reinforcement names who asked for it, on every screen where a pass gets its purpose. On the real store. */
import { h, render, type ComponentChild } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import { connectedPhone, type Connected } from "../testing/connected";
import { AfterEntry } from "./AfterEntry";
import { ShiftFacts } from "./ShiftFacts";
import { Tonight } from "./Tonight";

const ME = "user-demo1";
let { world, server, phone } = {} as Connected;

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone((net) => {
    net.grants = [{ role: "field_worker", district: "farsta", team_id: "ours", valid_until: null }];
  }));
  server.fill("districts", "farsta", { code: "farsta", name: "Demo Farsta", neighbourhoods: [], police_areas: [] });
});
afterEach(() => render(null, document.body));

const last = async (more: object, ended = true) => {
  const at = (hours: number) => new Date(world.time + hours * 3_600_000).toISOString();
  server.fill("shifts", "last", withDefaults("shifts", {
    team_id: "ours", district: "farsta", kind: "evening", created_by: ME, participant_ids: [ME], started_at: at(ended ? -24 : -1), ...(ended && { ended_at: at(-19), status: "approved" }), ...more,
  }));
  await world.advance(60_000);
};
async function shown(screen: ComponentChild): Promise<void> {
  render(screen, document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
}
const words = () => document.body.textContent ?? "";
const press = () => (document.querySelector(".action .primary") as HTMLButtonElement).click();
const tap = (name: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === name)!.click();
const choose = async (id: string, value: string) => {
  const select = document.getElementById(id) as HTMLSelectElement;
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await new Promise((drawn) => setTimeout(drawn));
};
const passes = () => phone.app.projection().all("shifts").filter(({ id }) => id !== "last").map(({ fields }) => [fields.assignment, fields.requested_by]);

it("the start card says for whom the pass will be", async () => {
  await last({ assignment: "reinforcement", requested_by: "farsta" });
  await shown(h(Tonight, {}));
  expect(words()).toContain("Förstärkning åt Demo Farsta");
  press();
  await vi.waitFor(() => expect(passes()).toEqual([["reinforcement", "farsta"]]));
});

it("no pass starts as a reinforcement that nobody has asked for", async () => {
  await last({ assignment: "reinforcement" });
  await shown(h(Tonight, {}));
  press();
  await vi.waitFor(() => expect(words()).toContain("Välj vem som har begärt förstärkningen"));
  expect(passes()).toEqual([]);
  await choose("requested", "police");
  press();
  await vi.waitFor(() => expect(passes()).toEqual([["reinforcement", "police"]]));
});

it("nor is one written in afterwards; what it was for is shown there", async () => {
  await last({ assignment: "reinforcement" });
  await shown(h(AfterEntry, {}));
  await vi.waitFor(() => expect(document.getElementById("requested")).not.toBeNull());
  press();
  await vi.waitFor(() => expect(document.querySelector(".summary")?.textContent).toContain("Välj vem som har begärt förstärkningen"));
  tap("Ordinarie uppdrag");
  await vi.waitFor(() => expect(document.getElementById("requested")).toBeNull());
});

it("the facts of a pass ask who wanted it, for what evening and why", async () => {
  await last({}, false);
  const shift = () => phone.app.projection().get("shifts", "last")!;
  await shown(h(ShiftFacts, { shift: shift() }));
  await vi.waitFor(() => expect(words()).toContain("Ordinarie uppdrag"));
  expect(words()).not.toContain("Skolavslutning");
  tap("Förstärkningsuppdrag");
  await vi.waitFor(() => expect(words()).toContain("Skolavslutning"));
  press();
  await vi.waitFor(() => expect(words()).toContain("Välj vem som har begärt förstärkningen"));
  await choose("requested", "farsta");
  tap("Skolavslutning");
  const reason = document.getElementById("reason") as HTMLInputElement;
  reason.value = "Många väntas vid Demo torget. ";
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((drawn) => setTimeout(drawn));
  press();
  await vi.waitFor(() => expect(shift().fields).toMatchObject({ assignment: "reinforcement", requested_by: "farsta", event: "skolavslutning", reason: "Många väntas vid Demo torget." }));
});
