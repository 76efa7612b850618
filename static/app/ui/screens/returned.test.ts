// @vitest-environment happy-dom
/** A pass that came back: what is asked for stands on every screen on the way, without coverage, until it is sent in again. On the real store. */
import { h, render, type ComponentChild } from "preact";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import { connectedPhone, type Connected } from "../testing/connected";
import { CheckShift } from "./CheckShift";
import { MyShifts } from "./MyShifts";
import { ObservationScreen } from "./ObservationScreen";
import { ShiftFacts } from "./ShiftFacts";
import { EarlierShift } from "./ShiftLog";
import { Tonight } from "./Tonight";
import { VisitScreen } from "./VisitScreen";

const ME = "user-demo1";
let { world, server, phone } = {} as Connected;
const hours = (n: number): string => new Date(world.time + n * 3_600_000).toISOString();
const all = () => phone.app.projection();
const shift = () => all().get("shifts", "s")!;
const visit = () => all().get("visits", "v")!;
const seen = () => all().get("observations", "o")!;

const words = () => document.body.textContent ?? "";
const asked = () => [...document.querySelectorAll(".asked")].map((one) => one.textContent);
const tap = (name: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === name)!.click();
async function shown(screen: ComponentChild): Promise<void> {
  render(null, document.body);
  render(screen, document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
}

beforeAll(() => void vi.stubEnv("TZ", "Europe/Stockholm"));
afterAll(() => void vi.unstubAllEnvs());
afterEach(() => render(null, document.body));
beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone((net) => {
    net.grants = [{ role: "field_worker", district: "farsta", team_id: "ours", valid_until: null }];
  }));
  server.fill("people", "lead", { name: "Demo Ledare", team_ids: ["ours"] });
  server.fill("shifts", "s", withDefaults("shifts", {
    team_id: "ours", district: "farsta", kind: "evening", status: "returned", created_by: "you", participant_ids: ["you", ME],
    started_at: hours(-20), ended_at: hours(-15), arena_minutes: { outdoor: 200, mall: 40 },
  }));
  server.fill("visits", "v", withDefaults("visits", { shift_id: "s", neighbourhood: "Demoby", arena: "outdoor", arrived_at: hours(-19), left_at: hours(-18), outcome: "observed", created_by: "you" }));
  server.fill("observations", "o", withDefaults("observations", { visit_id: "v", observed_at: hours(-19), topics: ["alcohol"], created_by: "you" }));
  const asks: [string, string | null, string | null, string][] = [
    ["c1", null, null, "Bra kväll, men fyll på."], ["c2", "s", "handover_note", "Vad ska nästa pass veta?"], ["c3", "s", "participant_ids", "Var fler med?"],
    ["c4", "v", "actions", "Vad gjorde ni här?"], ["c5", "o", "note", "Ta bort namnet."], ["c6", "o", "observed_at", "Stämmer tiden?"], ["c7", "s", "reason", "Varför då?"],
  ];
  for (const [id, record_id, field, text] of asks) {
    server.fill("review_comments", id, { shift_id: "s", record_id, field, text, author_id: "lead", made_at: hours(-1), review_id: "r", due_on: "2026-12-04" });
  }
  phone.app.syncNow();
  await world.advance(10_000);
  phone.isOffline = true;
});

describe("a pass that is back", () => {
  it("is reminded of on Ikväll, with its day, and the way leads there", async () => {
    await shown(h(Tonight, {}));
    const link = document.querySelector("a[href='/app/pass/s']");
    expect(link?.textContent).toMatch(/^Ett pass är återsänt: komplettera senast fre 4 dec/);
  });

  it("says on Mina pass how much and until when", async () => {
    await shown(h(MyShifts, {}));
    expect(words()).toMatch(/Åter för komplettering.*7 saker att komplettera · Senast fre 4 dec/);
  });

  it("says on its page what, by whom and until when, at each line, with the way to each field", async () => {
    await shown(h(EarlierShift, { shift: shift() }));
    expect(words()).toMatch(/Att komplettera.*Senast fre 4 dec.*Demo Ledare · .*Bra kväll, men fyll på\./s);
    const ways = [...document.querySelectorAll(".card a.row")].map((one) => [one.getAttribute("href"), one.querySelector(".said")!.textContent]);
    expect(ways).toEqual([
      ["/app/pass/s/skicka", "Vad ska nästa pass veta?"], ["/app/pass/s/uppgifter", "Var fler med?"], ["/app/besok/v", "Vad gjorde ni här?"],
      ["/app/iakttagelse/o", "Ta bort namnet."], ["/app/iakttagelse/o", "Stämmer tiden?"], ["/app/pass/s/uppgifter", "Varför då?"],
    ]);
    const line = [...document.querySelectorAll(".timeline li")].find((one) => one.textContent?.includes("Demoby"))!;
    expect(line.querySelector(".asked")?.textContent).toBe("Demo Ledare · Vad ni gjorde: Vad gjorde ni här?");
  });

  it("once it is opened the leader is told, by whoever is on it alone", async () => {
    phone.isOffline = false;
    await shown(h(MyShifts, {}));
    await world.advance(5_000);
    expect(server.opened).toEqual([]);
    await shown(h(EarlierShift, { shift: shift() }));
    await vi.waitFor(async () => {
      await world.advance(1_000);
      expect(server.opened).toEqual([["r"]]);
    });
  });

  it.each<[string, () => ComponentChild, string[]]>([
    ["a visit", () => h(VisitScreen, { visit: visit() }), ["Vad gjorde ni här?"]],
    ["an observation, with its visit's", () => h(ObservationScreen, { visit: visit(), observation: seen() }), ["Stämmer tiden?", "Vad gjorde ni här?", "Ta bort namnet."]],
    ["the pass's facts, seldom ones too", () => h(ShiftFacts, { shift: shift() }), ["Var fler med?", "Varför då?"]],
    ["the check page, the whole pass's on top", () => h(CheckShift, { shift: shift() }), ["Bra kväll, men fyll på.", "Varför då?", "Var fler med?", "Vad ska nästa pass veta?"]],
  ])("stands at the field on the form of %s", async (_, screen, said) => {
    await shown(screen());
    expect(asked().map((one) => one!.replace(/^.*?: /, ""))).toEqual(said);
  });

  it("asks for nothing of a new observation but of its visit", async () => {
    await shown(h(ObservationScreen, { visit: visit() }));
    expect(asked()).toEqual(["Demo Ledare: Vad gjorde ni här?"]);
  });

  it("is completed by anyone on it and sent in again without coverage: a touched line says so, the words go with the status", async () => {
    await shown(h(VisitScreen, { visit: visit() }));
    tap("Samtal");
    await vi.waitFor(() => expect([...document.querySelectorAll("[aria-pressed=true]")].map((one) => one.textContent)).toContain("Samtal"));
    tap("Spara");
    await vi.waitFor(() => expect(visit().fields.actions).toEqual(["conversation"]));
    await shown(h(EarlierShift, { shift: shift() }));
    expect(words()).toContain("Vad gjorde ni här? (ändrat här sedan dess)");
    expect(words()).not.toContain("Var fler med? (");
    await shown(h(CheckShift, { shift: shift() }));
    tap("Skicka in");
    await vi.waitFor(() => expect(shift().fields.status).toBe("submitted"));
    await shown(h(Tonight, {}));
    expect(words()).not.toContain("återsänt");
    phone.isOffline = false;
    phone.app.syncNow();
    await world.advance(60_000);
    expect(server.get("shifts", "s")!.fields).toMatchObject({ status: "submitted", arena_minutes: { outdoor: 200, mall: 40 } });
    expect(server.get("visits", "v")!.fields.actions).toEqual(["conversation"]);
  });

  it("keeps the minutes it was sent in with, and says what the visits come to", async () => {
    await shown(h(CheckShift, { shift: shift() }));
    expect(words()).toContain("Utomhus 3 tim 20 min · Centrum 40 min");
    [...document.querySelectorAll(".fact")].find((one) => one.textContent?.includes("Tid per arena"))!.querySelector("button")!.click();
    await vi.waitFor(() => expect(words()).toContain("Enligt besöken: Utomhus 1 tim"));
  });

  it("a leader who is not on it reads what was asked for, and has no form", async () => {
    server.fill("shifts", "t", { ...server.get("shifts", "s")!.fields, created_by: "you", participant_ids: ["you"] });
    server.fill("review_comments", "t1", { shift_id: "t", record_id: "t", field: "mumin", text: "Hur många?", author_id: ME, made_at: hours(-1), review_id: "r" });
    phone.isOffline = false;
    phone.app.syncNow();
    await world.advance(10_000);
    await shown(h(EarlierShift, { shift: all().get("shifts", "t")! }));
    expect(words()).toContain("Hur många?");
    expect([...document.querySelectorAll("main a, main button")]).toEqual([]);
    expect(document.querySelector(".action")).toBeNull();
    expect(server.opened).toEqual([]);
  });
});
