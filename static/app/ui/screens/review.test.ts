// @vitest-environment happy-dom
/** *Granska* on a leader's phone: read without coverage, settled only with the server's word. On the real store. */
import { h, render, type ComponentChild } from "preact";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import { json } from "../../sync/testing/network";
import { connectedPhone, type Connected } from "../testing/connected";
import { More } from "./More";
import { Review } from "./Review";

const ME = "user-demo1";
let { world, server, network, phone } = {} as Connected;
let asked: [string, unknown][] = [];
const hours = (n: number): string => new Date(world.time + n * 3_600_000).toISOString();
const words = () => document.body.textContent ?? "";
const button = (name: string, nth = 0) => [...document.querySelectorAll("button")].filter((one) => one.textContent?.startsWith(name))[nth]!;
async function shown(screen: ComponentChild = h(Review, {})): Promise<void> {
  render(null, document.body);
  render(screen, document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
}
async function begin(role: string): Promise<void> {
  ({ world, server, network, phone } = await connectedPhone((net) => {
    net.grants = [{ role, district: "farsta", team_id: "ours", valid_until: null }];
  }));
}
const settled = () => vi.waitFor(async () => {
  await world.advance(1_000);
  expect(document.querySelector(".working")).toBeNull();
});

beforeAll(async () => {
  vi.stubEnv("TZ", "Europe/Stockholm");
  await import("../../sync/settling"); // as the worker has it; loading takes real time
});
afterAll(() => void vi.unstubAllEnvs());
afterEach(() => render(null, document.body));
beforeEach(async () => {
  await begin("team_lead");
  asked = [];
  server.leads.add(ME);
  server.fill("people", "you", { name: "Demo Kollega", team_ids: ["ours"] });
  const pass = { team_id: "ours", district: "farsta", kind: "evening", created_by: "you", participant_ids: ["you"], started_at: hours(-20), ended_at: hours(-15) };
  server.fill("shifts", "sent", withDefaults("shifts", { ...pass, status: "submitted" }));
  server.fill("shifts", "mine", withDefaults("shifts", { ...pass, status: "submitted", participant_ids: ["you", ME] }));
  server.fill("shifts", "back", withDefaults("shifts", { ...pass, status: "returned" }));
  server.fill("shifts", "done", withDefaults("shifts", { ...pass, status: "approved" }));
  server.fill("visits", "v", withDefaults("visits", { shift_id: "done", neighbourhood: "Demoby", arena: "outdoor", outcome: "observed", arrived_at: hours(-19) }));
  server.fill("review_comments", "c", { shift_id: "back", record_id: null, field: null, text: "Fyll på.", author_id: ME, made_at: hours(-2), review_id: "r", due_on: "2026-12-04" });
  const kept = { mutation_id: "m", collection: "visits", record_id: "v", op: "update", author_id: "you" };
  server.fill("rejections", "no", { ...kept, fields: { arena: "mall" }, slug: "invalid", message: "", state: "handed_over", reason: "", received_at: hours(-5) });
  server.fill("rejections", "number", { ...kept, mutation_id: "n", fields: {}, slug: "personal_number", message: "", state: "open", reason: "", received_at: hours(-4) });
  server.fill("late", "late", { ...kept, mutation_id: "l", fields: { arena: "transit" }, since: hours(-3), state: "waiting" });
  server.fill("held", "held", { ...kept, mutation_id: "h", record_id: "w", op: "create", fields: {}, since: hours(-30), state: "waiting" });
  server.fill("conflicts", "con", { ...kept, mutation_id: "k", server: { arena: "mall" }, sent: { arena: "school" }, state: "open", resolution: null, made_at: hours(-6), server_by: null, server_at: hours(-5) });
  network.settles = (path, body) => {
    asked.push([path, body]);
    const [, , , collection = "", id = ""] = path.split("/");
    const state = { replay: "replayed", take_in: "applied", discard: "discarded" }[String(body.action)]!;
    server.officeEdit(collection, id, { state });
    return json(200, { id, state });
  };
  phone.app.syncNow();
  await world.advance(10_000);
});

it("the way there is for who leads a team", async () => {
  await shown(h(More, {}));
  expect(document.querySelector("a[href='/app/mer/granska']")?.textContent).toBe("Granska");
  await begin("field_worker");
  await shown(h(More, {}));
  expect(document.querySelector("a[href='/app/mer/granska']")).toBeNull();
  await shown();
  expect(words()).toContain("Granska finns för dig som leder en fältgrupp.");
});

it("without coverage everything is there: each with its number, what, whose and when", async () => {
  phone.isOffline = true;
  phone.app.syncNow();
  await world.advance(5_000);
  await shown();
  expect([...document.querySelectorAll("h2")].map((one) => one.textContent)).toEqual([
    "Inskickade (2)", "Åter för komplettering (1)", "Ändrat på två håll (1)", "Kunde inte tas emot (2)", "Kom efter godkännandet (1)", "Väntar på en kollegas mobil (1)", "Nya platser (0)",
  ]);
  expect(document.querySelector("a[href='/app/pass/sent']")?.textContent).toMatch(/Kvällspass.*Demo Kollega/);
  expect(document.querySelector("a[href='/app/pass/mine']")?.textContent).toContain("Någon annan måste granska");
  expect(document.querySelector("a[href='/app/pass/back']")?.textContent).toContain("Senast fre 4 dec");
  expect(document.querySelector("a[href='/app/mer/konflikt/con']")).not.toBeNull();
  expect(words()).toMatch(/Besök · Demoby.*Demo Kollega · .*Något i posten stämmer inte\. Lämnad till dig\./s);
  expect(words()).toContain("Det här är vad mobilen hämtade senast. Att ta in eller lägga åt sidan kräver täckning.");
  await vi.waitFor(() => expect(words()).toContain("Pass som saknas och tysta mobiler visas med täckning."));
  expect(document.querySelector("a[href='/office/review']")?.textContent).toBe("Läs och godkänn på kontorssidan");
});

it("S22 with coverage the server says which passes lack, and whose phone is silent", async () => {
  const [begun, never] = [hours(-40), null];
  network.absences = () => json(200, {
    missing: [{ kind: "plan", id: "p", team_id: "ours", started_at: begun, participant_ids: [] }, { kind: "draft", id: "d", team_id: "ours", started_at: begun, participant_ids: ["you"] }],
    silent: [{ shift_id: "sent", team_id: "ours", started_at: begun, user_id: "you", last_sync_at: never }],
  });
  server.fill("shifts", "d", withDefaults("shifts", { team_id: "ours", district: "farsta", kind: "evening", created_by: "you", participant_ids: ["you"], status: "draft", started_at: begun, ended_at: null }));
  phone.app.syncNow();
  await world.advance(10_000);
  await shown();
  expect(words()).toContain("Hämtar vad som saknas …");
  await vi.waitFor(async () => {
    await world.advance(1_000);
    expect(words()).toContain("Saknade pass (2)");
  });
  expect(words()).toMatch(/Planerat, inget pass.*Inte inskickat: Demo Kollega.*Tysta mobiler \(1\).*Demo KollegaHar aldrig hörts/s);
  expect(document.querySelector("a[href='/app/pass/d']")).not.toBeNull();
  expect(document.querySelector("a[href='/app/pass/p']")).toBeNull(); // a plan is no pass
});

it("of more than the server tells a phone, the number is said and where the others are", async () => {
  network.absences = () => json(200, { missing: [], silent: [{ shift_id: "sent", team_id: "ours", started_at: hours(-40), user_id: "you", last_sync_at: null }], counts: { missing: 0, silent: 8 } });
  await shown();
  await vi.waitFor(async () => {
    await world.advance(1_000);
    expect(words()).toContain("Tysta mobiler (8)");
  });
  expect(words()).toContain("Och 7 till på kontorssidan.");
  expect([...document.querySelectorAll("ul")].filter((list) => list.children.length === 0)).toEqual([]);
});

it("buttons that say the same are told apart by whose it is and when", async () => {
  server.fill("rejections", "more", { mutation_id: "o", collection: "visits", record_id: "v", op: "update", author_id: "you", fields: { arena: "mall" }, slug: "invalid", message: "", state: "open", reason: "", received_at: hours(-1) });
  phone.app.syncNow();
  await world.advance(10_000);
  await shown();
  const names = [...document.querySelectorAll("button")].map((one) => one.textContent ?? "").filter((name) => /^(Ta in|Lägg|Lämna)/.test(name));
  expect(names.length).toBeGreaterThan(4);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => name.includes("Demo Kollega · "))).toBe(true);
});

describe("a decision", () => {
  it("PU12 takes in again, says what became of it, and the line is gone when the server has told", async () => {
    await shown();
    expect([...document.querySelectorAll("button")].filter((one) => one.textContent?.startsWith("Ta in igen"))).toHaveLength(1); // never what held a personal number
    button("Ta in igen").click();
    await settled();
    expect(asked).toEqual([["/api/v1/rejections/no", { action: "replay", reason: "" }]]);
    await vi.waitFor(() => expect(words()).toContain("Posten är intagen."));
    await world.advance(10_000);
    await vi.waitFor(() => expect(words()).toContain("Kunde inte tas emot (1)"));
    expect(words()).toContain("Posten är intagen.");
  });

  it("PU12 puts aside with a reason, and not without one", async () => {
    await shown();
    button("Lägg åt sidan").click();
    await vi.waitFor(() => expect(document.getElementById("reason-no")).not.toBeNull());
    button("Lägg åt sidan").click();
    await vi.waitFor(() => expect(document.getElementById("reason-no-error")?.textContent).toBe("Skriv varför"));
    expect(asked).toEqual([]);
    const field = document.getElementById("reason-no") as HTMLInputElement;
    field.value = " Skrevs två gånger. ";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((drawn) => setTimeout(drawn));
    button("Lägg åt sidan").click();
    await settled();
    expect(asked).toEqual([["/api/v1/rejections/no", { action: "discard", reason: "Skrevs två gånger." }]]);
    await vi.waitFor(() => expect(words()).toContain("Posten är lagd åt sidan."));
  });

  it("PU11 takes in what came late; of one's own pass somebody else does", async () => {
    await shown();
    button("Ta in", 1).click();
    await vi.waitFor(() => expect(document.getElementById("reason-late")).not.toBeNull());
    button("Ta in", 1).click();
    await vi.waitFor(() => expect(document.getElementById("reason-late-error")?.textContent).toBe("Skriv varför"));
    expect(asked).toEqual([]);
    const field = document.getElementById("reason-late") as HTMLInputElement;
    field.value = "Mobilen var urladdad.";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((drawn) => setTimeout(drawn));
    button("Ta in", 1).click();
    await settled();
    expect(asked).toEqual([["/api/v1/late/late", { action: "take_in", reason: "Mobilen var urladdad." }]]);
    server.officeEdit("shifts", "done", { participant_ids: ["you", ME] });
    server.officeEdit("late", "late", { state: "waiting" });
    phone.app.syncNow();
    await world.advance(10_000);
    await shown();
    expect(button("Lämna utanför")).toBeUndefined();
    expect([...document.querySelectorAll(".card")].some((one) => one.textContent?.endsWith("Någon annan måste granska"))).toBe(true);
  });

  it("is never said to be done without coverage, and can be tried again", async () => {
    phone.isOffline = true;
    await shown();
    button("Ta in igen").click();
    await settled();
    await vi.waitFor(() => expect(document.querySelector("[role=alert]")?.textContent).toBe("Servern svarade inte. Inget är sagt om vad som hände: försök igen med täckning."));
    expect(words()).toContain("Kunde inte tas emot (2)");
    phone.isOffline = false;
    button("Ta in igen").click();
    await settled();
    await vi.waitFor(() => expect(words()).toContain("Posten är intagen."));
    expect(document.querySelector("[role=alert]")).toBeNull();
  });

  it("S11 that somebody else has taken before is said so, and theirs comes down", async () => {
    network.settles = () => {
      server.officeEdit("rejections", "no", { state: "discarded" });
      return json(409, { error: "already_resolved", message: "" });
    };
    await shown();
    button("Ta in igen").click();
    await settled();
    await vi.waitFor(() => expect(words()).toContain("Någon har redan avgjort den."));
    await world.advance(10_000);
    await vi.waitFor(() => expect(words()).toContain("Kunde inte tas emot (1)"));
  });

  it("that the server does not take is told in its own words", async () => {
    network.settles = () => json(403, { error: "not_allowed", message: "Det får du inte göra." });
    await shown();
    button("Ta in igen").click();
    await settled();
    await vi.waitFor(() => expect(document.querySelector("[role=alert]")?.textContent).toBe("Det får du inte göra."));
  });
});
