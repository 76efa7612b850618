/** The client's rules CL3–CL8 and faults S12–S21, on the real store, transport and engine, in virtual time. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Shift } from "../domain/records";
import { ModelServer } from "./testing/modelServer";
import { type Fault, Network, Refused } from "./testing/network";
import { Phone } from "./testing/phone";
import { SeededRandom, World } from "./testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" };

let world: World;
let server: ModelServer;
let network: Network;

beforeEach(() => {
  world = new World();
  server = new ModelServer(() => world.time);
  network = new Network(world, server, new SeededRandom(1));
});

async function phone(email = "demo1", seed = 1): Promise<Phone> {
  const made = new Phone(world, network, seed);
  await made.open();
  await made.signIn(email);
  return made;
}

/** A line that fails this way for the next so many requests that carry mutations. */
function failing(fault: Fault, times: number): void {
  network.faultFor = (request) => (request.mutations.length > 0 && times-- > 0 ? fault : null);
}

async function shifts(on: Phone, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push(await on.app.commands.create("shifts", { ...SHIFT, reason: `nr ${at}` }));
  return ids;
}

describe("the three words", () => {
  it("CL1 CL3 a record is saved, then sent, then received with the server's own time", async () => {
    const one = await phone();
    network.latencyMs = 1_000;
    const [id] = await shifts(one, 1);
    const tick = () => one.app.projection().get("shifts", id!)?.tick;
    expect(tick()).toBe("saved");
    // The word is drawn before the engine takes the save up (U02).
    await world.advance(30);
    expect(tick()).toBe("sending");
    await world.advance(1_000);
    expect(tick()).toBe("received");
    expect(one.app.projection().get("shifts", id!)).toMatchObject({ version: 1, receivedAt: new Date(world.time - 500).toISOString() });
    expect(one.app.status()).toMatchObject({ queued: 0, online: true, phase: "idle" });
  });

  it("CL1 what was saved is there after the system killed the page, without coverage", async () => {
    const one = await phone();
    network.faultFor = () => "drop_request";
    const [id] = await shifts(one, 1);
    await one.restart();
    expect(one.app.session()?.user.email).toBe("demo1");
    expect(one.app.projection().get("shifts", id!)).toMatchObject({ version: 0, fields: { reason: "nr 0" } });
    expect(one.app.status().queued).toBe(1);
  });
});

describe("faults on the line", () => {
  it.each<Fault>(["drop_request", "drop_response", "500", "503", "429", "duplicate", "late_copy", "stall", "delay", "csrf"])(
    "CL4 S01 %s: nothing is lost and nothing doubled", async (fault) => {
      const one = await phone();
      failing(fault, 3);
      const ids = await shifts(one, 5);
      await world.advance(300_000);
      expect(one.app.status().queued).toBe(0);
      expect(server.all("shifts").map((record) => record.id).sort()).toEqual(ids.sort());
      expect(server.effects).toBe(5);
      expect(server.reused).toEqual([]);
    },
  );

  it.each<Fault>(["html", "redirect"])("S19 captive portal (%s) is not a receipt", async (fault) => {
    const one = await phone();
    network.faultFor = () => fault;
    const ids = await shifts(one, 3);
    await world.advance(600_000);
    expect(one.app.status()).toMatchObject({ queued: 3, online: false });
    network.faultFor = () => null;
    await world.advance(60_000);
    expect(one.app.status()).toMatchObject({ queued: 0, online: true });
    expect(server.all("shifts")).toHaveLength(ids.length);
  });

  it.each<Fault | "all">(["503", "429", "all"])("S20 ten minutes of %s: one request a slot whatever is tapped, jitter, cap 20 s, queue whole", async (kind) => {
    const one = await phone();
    const chance = new SeededRandom(20);
    network.retryAfterS = 3;
    network.faultFor = () => (kind === "all" ? chance.pick(["500", "502", "503", "504", "429"] as const) : kind);
    network.requests = [];
    const [id] = await shifts(one, 1);
    for (let second = 3; second <= 600; second += 3) {
      await world.advance(3_000);
      await one.app.commands.update("shifts", id!, { reason: `s ${second}` });
    }
    expect(one.app.status()).toMatchObject({ queued: 201, rejected: 0 });
    const waits = network.requests.slice(1).map((request, at) => request.at - network.requests[at]!.at);
    expect(Math.max(...waits)).toBeLessThanOrEqual(20_100);
    // Full jitter under a cap of 20 s means 10 s on average: about 60 requests for 201 taps.
    expect(network.requests.length).toBeLessThan(110);
    expect(network.mostAtOnce).toBe(1);
    const steady = waits.slice(5);
    expect(new Set(steady).size).toBeGreaterThan(steady.length / 2);
    expect([Math.min(...steady) < 7_000, Math.max(...steady) > 13_000]).toEqual([true, true]);
    network.faultFor = () => null;
    await world.advance(60_000);
    expect(one.app.status().queued).toBe(0);
    expect(server.log.size).toBe(201);
    expect(server.effects).toBe(201);
  });

  it.each([[30, 30_000], [600, 60_000]])("S20 Retry-After %i s is honoured, up to 60 s", async (retryAfterS, atLeastMs) => {
    const one = await phone();
    network.retryAfterS = retryAfterS;
    failing("429", 1);
    network.requests = [];
    await shifts(one, 1);
    await world.advance(0);
    one.app.syncNow();
    await world.advance(90_000);
    const [first, second] = network.requests;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(atLeastMs);
    expect(second!.at - first!.at).toBeLessThanOrEqual(atLeastMs + 2_000);
    expect(one.app.status().queued).toBe(0);
  });

  it("S21 2 kB/s with stalls of 120 s: 50 mutations within five minutes, in smaller batches, and saving never waits", async () => {
    const one = await phone();
    network.faultFor = () => "drop_request";
    await shifts(one, 50);
    network.bytesPerS = 2_000;
    let stalls = 3;
    network.faultFor = () => (stalls-- > 0 ? "stall" : null);
    network.requests = [];
    const began = world.time;
    while (one.app.status().queued > 0 && world.time - began < 600_000) {
      const before = world.time;
      if (stalls === 1) await one.app.commands.update("shifts", one.app.projection().all("shifts")[0]!.id, { reason: "tapped in a stall" });
      expect(world.time).toBe(before);
      await world.advance(1_000);
    }
    const tookS = (world.time - began) / 1_000;
    const batches = network.requests.filter(({ mutations }) => mutations > 0).map(({ mutations }) => mutations);
    console.log("S21", JSON.stringify({ seconds: tookS, batches }));
    expect(tookS).toBeLessThanOrEqual(300);
    expect(batches[0]).toBeGreaterThanOrEqual(50);
    expect(Math.min(...batches.slice(0, 4))).toBeLessThanOrEqual(13);
    expect(server.all("shifts")).toHaveLength(50);
    expect(server.reused).toEqual([]);
  });

  it("S18 all queues are empty within 60 s after every kind of fault stops", async () => {
    for (const fault of ["drop_request", "drop_response", "stall", "503", "html", "redirect", "csrf"] as const) {
      const one = await phone(`demo-${fault}`, fault.length);
      network.faultFor = () => fault;
      await shifts(one, 3);
      await world.advance(600_000);
      network.faultFor = () => null;
      await world.advance(60_000);
      expect(one.app.status().queued, fault).toBe(0);
      one.app.close();
    }
  });
});

describe("what only a person can change", () => {
  it("CL4 426 offers the update and keeps the queue", async () => {
    const one = await phone();
    const real = server.sync.bind(server);
    server.sync = () => { throw new Refused(426, "upgrade_required"); };
    await shifts(one, 2);
    await world.advance(120_000);
    expect(one.app.status()).toMatchObject({ phase: "upgrade", queued: 2, rejected: 0 });
    server.sync = real;
    await world.advance(60_000);
    expect(one.app.status()).toMatchObject({ phase: "idle", queued: 0 });
  });

  it.each(["device_revoked", "account_disabled"])("CL4 C21 %s locks reading, also after a restart; own unsent records stay", async (slug) => {
    const one = await phone();
    const [done] = await shifts(one, 1);
    await world.advance(5_000);
    server.officeEdit("shifts", done!, { status: "approved" });
    await world.advance(60_000);
    server.sync = () => { throw new Refused(403, slug); };
    const [unsent] = await shifts(one, 1);
    await world.advance(5_000);
    await one.restart();
    expect(one.app.status()).toMatchObject({ phase: "locked", queued: 1 });
    expect(one.app.projection().all("shifts").map((record) => record.id)).toEqual([unsent]);
  });

  it("CL4 401 asks for sign-in and keeps; the same user's sign-in sends at once", async () => {
    const one = await phone();
    network.signedOut.add(one.app.session()!.device_id);
    await shifts(one, 2);
    await world.advance(30_000);
    expect(one.app.status()).toMatchObject({ phase: "signed_out", queued: 2, online: true });
    network.signedOut.clear();
    await one.signIn("demo1");
    await world.advance(2_000);
    expect(one.app.status()).toMatchObject({ phase: "idle", queued: 0 });
  });
});
