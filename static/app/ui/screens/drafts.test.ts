// @vitest-environment happy-dom
/** C01: what is typed in a form is there again after the app was killed, and gone once it has become records. On the real store. */
import { h, render, type ComponentChild } from "preact";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import type { FieldApp, Session } from "../../ports";
import { ModelServer } from "../../sync/testing/modelServer";
import { Network } from "../../sync/testing/network";
import { Phone } from "../../sync/testing/phone";
import { SeededRandom, World } from "../../sync/testing/virtualClock";
import { route } from "../router";
import { connect, type Parts } from "../state";
import { AfterEntry } from "./AfterEntry";
import { LateVisit } from "./LateVisit";
import { ShiftFacts } from "./ShiftFacts";
import { VisitScreen } from "./VisitScreen";

const SHIFT = { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T12:00:00+01:00", ended_at: "2026-11-23T17:00:00+01:00" } as const;
const PATIENCE = { timeout: 10_000 };
let world: World;
let phone: Phone;
let shift: string;
let visit: string;

beforeAll(() => void vi.stubEnv("TZ", "Europe/Stockholm"));
afterAll(() => void vi.unstubAllEnvs());
beforeEach(async () => {
  world = new World();
  phone = new Phone(world, new Network(world, new ModelServer(() => world.time), new SeededRandom(1)), 1);
  await phone.open();
  await phone.signIn("demo1");
  const me = phone.app.session()!.user.id;
  const { commands } = phone.app;
  shift = await commands.create("shifts", withDefaults("shifts", { ...SHIFT, participant_ids: [me] }));
  visit = await commands.create("visits", withDefaults("visits", {
    shift_id: shift, outcome: "nothing_noted", arena: "outdoor", arrived_at: "2026-11-23T13:00:20+01:00", left_at: "2026-11-23T13:30:00+01:00",
  }));
  await world.advance(10_000);
  begin();
});
afterEach(() => render(null, document.body));

/** The model server grants nothing; who writes a pass in works in the field. */
const inTheField = (): FieldApp => Object.create(phone.app, {
  session: { value: (): Session => ({ ...phone.app.session()!, grants: [{ role: "field_worker", team_id: "team", district: "farsta", valid_until: null }] }) },
}) as FieldApp;
const begin = () => connect({ app: inTheField(), updates: { state: () => "none", onState: () => () => undefined }, platform: { ios: false, installed: true } } as unknown as Parts);
const records = () => phone.app.projection();

async function shown(screen: () => ComponentChild): Promise<void> {
  render(screen(), document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull(), PATIENCE);
}
const input = (id: string) => document.getElementById(id) as HTMLInputElement;
async function type(id: string, value: string, key: string): Promise<void> {
  input(id).value = value;
  input(id).dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(async () => expect(JSON.stringify((await phone.app.commands.readDraft(key))?.value)).toContain(value), PATIENCE);
}
async function killed(): Promise<void> {
  await phone.restart();
  render(null, document.body);
  begin();
}

describe("a form whose app was killed", () => {
  it.each<[string, string, () => ComponentChild, () => string]>([
    ["a pass written in afterwards", "started", () => h(AfterEntry, {}), () => "after:team"],
    ["a visit written in afterwards", "arrived", () => h(LateVisit, { shift: records().get("shifts", shift)! }), () => `visit:new:${shift}:a`],
    ["a visit", "left", () => h(VisitScreen, { visit: records().get("visits", visit)! }), () => `visit:${visit}`],
    ["the facts of a pass", "ended", () => h(ShiftFacts, { shift: records().get("shifts", shift)! }), () => `shift:${shift}`],
  ])("has what was typed: %s", async (_, id, screen, key) => {
    route.value = { path: "/app", hash: "", query: new URLSearchParams({ plats: JSON.stringify({ site_id: "a", arena: "outdoor" }) }) };
    await shown(screen);
    expect(document.querySelector("[role=status].quiet")).toBeNull();
    await type(id, "14:45", key());
    await killed();
    await shown(screen);
    expect(input(id).value).toBe("14:45");
    expect(document.body.textContent).toContain("Ditt utkast är tillbaka.");
  });
});

/** Saves, and waits until the form has left: what it still does afterwards would fall into the next test, or into none. */
async function saved(): Promise<void> {
  const form = route.value;
  (document.querySelector("button.primary") as HTMLButtonElement).click();
  await vi.waitFor(() => expect(route.value).not.toBe(form), PATIENCE);
}

describe("a form taken up again", () => {
  it("says only what was typed in it; the rest is the record as it stands, and the draft is gone with it", async () => {
    const screen = () => h(VisitScreen, { visit: records().get("visits", visit)! });
    await shown(screen);
    await type("left", "14:45", `visit:${visit}`);
    await killed();
    await phone.app.commands.update("visits", visit, { outcome: "observed", arena: "transit" });
    await shown(screen);
    expect(input("arena").value).toBe("transit");
    await saved();
    expect(await phone.app.commands.readDraft(`visit:${visit}`)).toBeUndefined();
    expect(records().get("visits", visit)!.fields).toMatchObject({ outcome: "observed", arena: "transit", left_at: "2026-11-23T14:45:00+01:00" });
  });

  it("PU5 keeps the version it was opened on", async () => {
    const screen = () => h(ShiftFacts, { shift: records().get("shifts", shift)! });
    await shown(screen);
    await type("ended", "14:45", `shift:${shift}`);
    const opened = records().get("shifts", shift)!.version;
    await phone.app.commands.update("shifts", shift, { kind: "night" });
    await world.advance(10_000);
    await killed();
    expect(records().get("shifts", shift)!.version).toBeGreaterThan(opened);
    await shown(screen);
    const update = vi.spyOn(phone.app.commands, "update");
    await saved();
    expect(update).toHaveBeenCalledWith("shifts", shift, { ended_at: "2026-11-23T14:45:00+01:00" }, opened);
  });
});
