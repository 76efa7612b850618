// @vitest-environment happy-dom
/** A second touch acts on nothing that has moved under the finger. On the real store. */
import { h, render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import { STILL_AFTER_MS } from "../still";
import { connectedPhone, type Connected } from "../testing/connected";
import { Tonight } from "./Tonight";

let { world, server, phone } = {} as Connected;

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone((net) => {
    net.grants = [{ role: "field_worker", district: "farsta", team_id: "ours", valid_until: null }];
  }));
  for (const id of ["a", "b", "c"])
    server.fill("sites", id, { name: `Demo ${id}`, district: "farsta", school_near: "yes", schools: [], priorities: [], last_visited_on: null, geometry: { type: "Point", coordinates: [18, 59] } });
  await phone.app.commands.create("shifts", withDefaults("shifts", {
    team_id: "ours", district: "farsta", kind: "evening", participant_ids: ["user-demo1", "you"], started_at: new Date(world.time - 3_600_000).toISOString(),
  }));
  await world.advance(60_000);
  render(h(Tonight, {}), document.body);
  await vi.waitFor(() => expect(buttons("Vi är här Demo")).toHaveLength(3));
  await settled();
});
afterEach(() => render(null, document.body));

const buttons = (words: string) => [...document.querySelectorAll("button")].filter((one) => one.textContent?.startsWith(words));
const touch = (words: string) => buttons(words)[0]!.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
const settled = () => new Promise((done) => setTimeout(done, STILL_AFTER_MS + 100));
const visits = () => phone.app.projection().all("visits").map(({ fields }) => [fields.site_id, fields.outcome, fields.left_at !== null]);

it("*Vi är här*: the next card is not where one is; after a moment it takes taps again", async () => {
  touch("Vi är här Demo");
  await vi.waitFor(() => expect(buttons("Vi är här Demo")).toHaveLength(2));
  touch("Vi är här Demo");
  touch("Avsluta besök");
  await settled();
  expect(visits()).toEqual([["a", "observed", false]]);
  touch("Vi är här Demo");
  await vi.waitFor(() => expect(visits()).toHaveLength(2));
});

it("*Inget att notera* gives its place to *Avsluta besök*, which is not tapped", async () => {
  touch("Vi är här Demo");
  await vi.waitFor(() => expect(buttons("Inget att notera")).toHaveLength(1));
  await settled();
  touch("Inget att notera");
  await vi.waitFor(() => expect(buttons("Inget att notera")).toHaveLength(0));
  touch("Avsluta besök");
  await settled();
  expect(visits()).toEqual([["a", "nothing_noted", false]]);
});

it("*Ej besökt* gives its place to the reasons, of which none is tapped", async () => {
  touch("Ej besökt");
  await vi.waitFor(() => expect(buttons("Hann inte")).toHaveLength(1));
  touch("Hann inte");
  await settled();
  expect(visits()).toEqual([]);
  touch("Hann inte");
  await vi.waitFor(() => expect(visits()).toEqual([["a", "not_visited", false]]));
});

it("a key is pressed on what has the focus, at once", async () => {
  touch("Vi är här Demo");
  await vi.waitFor(() => expect(buttons("Vi är här Demo")).toHaveLength(2));
  buttons("Avsluta besök")[0]!.click();
  await vi.waitFor(() => expect(visits()).toEqual([["a", "observed", true]]));
});
