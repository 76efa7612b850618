/** Interruptions, races, tabs and users: S12, S14, S15, C13, CL6–CL9, PL7, in virtual time. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Shift } from "../domain/records";
import { FieldStore } from "../store/store";
import { ModelServer } from "./testing/modelServer";
import { Network } from "./testing/network";
import { Phone } from "./testing/phone";
import { SeededRandom, World } from "./testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", status: "draft", started_at: "2026-11-23T18:00:00+01:00" };

const LONG = Number(process.env.FAULT_SCALE ?? 1) >= 10;

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

describe("interrupted transfers", () => {
  it("S12 transfer of 500 interrupted after each k: exactly once", async () => {
    const totals = { transfers: 0, lost: 0, doubled: 0, left: 0 };
    const one = await phone();
    const store = new FieldStore("user-demo1", one.app.session()!.device_id, one.parts);
    const real = server.sync.bind(server);
    for (let k = 1; k <= 500; k++) {
      // Every k in the long run; in each run every tenth, and both sides of every batch's end.
      if (!LONG && k % 10 !== 0 && ![1, 199, 201, 399, 401, 499].includes(k)) continue;
      const before = server.all("shifts").length;
      const effects = server.effects;
      const written = Array.from({ length: 500 }, (_, at) => ({
        id: one.random.uuid7(world.time), collection: "shifts", record_id: one.random.uuid7(world.time), op: "create" as const,
        fields: { ...SHIFT, reason: `${k}/${at}` }, made_at: "2026-11-23T18:00:00+01:00", replaces: null,
      }));
      let received = 0;
      let cut = false;
      // Harder than PU1: even a server that took only the first k of a batch before it died is met.
      server.sync = (device, user, request) => {
        const room = k - received;
        if (cut || request.mutations.length < room) {
          received += request.mutations.length;
          return real(device, user, request);
        }
        cut = true;
        real(device, user, { ...request, mutations: request.mutations.slice(0, room) });
        throw new TypeError("cut");
      };
      await store.write(written);
      one.app.syncNow();
      await world.advance(30_000);
      totals.transfers++;
      totals.lost += written.filter(({ record_id }) => !server.get("shifts", record_id)).length;
      totals.doubled += server.all("shifts").length - before - 500 + (server.effects - effects - 500);
      totals.left += (await store.batch(1, 1)).queue.count;
      expect(totals, `k = ${k}`).toMatchObject({ lost: 0, doubled: 0, left: 0 });
      // A phone that has seen 250,000 records is not what is tested.
      server.records.clear();
      server.log.clear();
      await store.forgetConfirmed();
      await one.restart();
    }
    console.log("S12", JSON.stringify(totals));
  }, 300_000);

  it("S15 PL7 a first download cut at random, with reloads in between, ends complete", async () => {
    for (let seed = 1; seed <= 50; seed++) {
      world = new World();
      server = new ModelServer(() => world.time);
      network = new Network(world, server, new SeededRandom(seed));
      const chance = new SeededRandom(seed);
      for (let at = 0; at < 60; at++) server.fill("shifts", `s${at}`, { ...SHIFT, reason: String(at), participant_ids: ["user-demo1"] });
      const real = server.sync.bind(server);
      server.sync = (device, user, request) => real(device, user, { ...request, limit: 7 });
      network.faultFor = () => (chance.next() < 0.4 ? chance.pick(["drop_request", "drop_response", "late_copy"] as const) : null);
      const one = await phone("demo1", seed);
      for (let round = 0; round < 6; round++) {
        await world.advance(chance.below(3_000));
        await one.restart();
      }
      network.faultFor = () => null;
      await world.advance(60_000);
      expect(one.app.status().downloading, `seed ${seed}`).toBe(false);
      expect(one.app.projection().all("shifts"), `seed ${seed}`).toHaveLength(60);
      one.app.close();
    }
  });
});

describe("races", () => {
  it("S14 CL7 edit while its push is under way (1,000 races)", async () => {
    const one = await phone();
    const chance = new SeededRandom(14);
    let lost = 0;
    const id = await one.app.commands.create("shifts", SHIFT);
    await world.advance(1_000);
    for (let race = 0; race < 1_000; race++) {
      network.latencyMs = 100;
      await one.app.commands.update("shifts", id, { reason: `first ${race}` });
      await world.advance(chance.below(120));
      await one.app.commands.update("shifts", id, { reason: `edit ${race}` });
      if (one.app.projection().get("shifts", id)!.fields.reason !== `edit ${race}`) lost++;
      await world.advance(400);
      if (server.get("shifts", id)!.fields.reason !== `edit ${race}`) lost++;
    }
    expect(lost).toBe(0);
    expect(server.all("conflicts")).toEqual([]);
    expect(one.app.status().queued).toBe(0);
  });

  it("C13 CL6 two tabs save and sync together, 1,000 saves, no device_seq twice", async () => {
    const one = await phone();
    await one.open();
    const saves: Promise<string>[] = [];
    for (let at = 0; at < 1_000; at++) {
      saves.push(one.tabs[at % 2]!.commands.create("shifts", { ...SHIFT, reason: String(at) }));
      if (at % 50 === 49) await world.advance(200);
    }
    const ids = await Promise.all(saves);
    await world.advance(60_000);
    const [used] = [...server.sequences.values()];
    expect([...used!.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, at) => at + 1));
    expect([...used!.values()]).not.toContain("twice");
    expect(server.effects).toBe(1_000);
    for (const tab of one.tabs) {
      expect(tab.status().queued).toBe(0);
      expect(tab.projection().all("shifts").map((record) => record.id).sort()).toEqual([...ids].sort());
    }
  });
});

describe("whose records they are", () => {
  it("CL8 another user of the phone neither reads nor sends the queue; it goes at the next own sign-in", async () => {
    const one = await phone("demo1");
    network.faultFor = () => "drop_request";
    const id = await one.app.commands.create("shifts", SHIFT);
    const left = one.app.signOut();
    await world.advance(1_000);
    await left;
    expect(one.app.projection().all("shifts")).toEqual([]);
    network.faultFor = () => null;
    await one.signIn("demo2");
    await world.advance(120_000);
    expect(one.app.projection().all("shifts")).toEqual([]);
    expect(server.all("shifts")).toEqual([]);
    const leftAgain = one.app.signOut();
    await world.advance(1_000);
    await leftAgain;
    await one.signIn("demo1");
    await world.advance(10_000);
    expect(server.get("shifts", id)?.fields.created_by).toBe("user-demo1");
    expect(server.sequences.size).toBe(1);
  });

  it("CL8 a session of somebody else in the same browser never carries this queue", async () => {
    const one = await phone("demo1");
    // An office page in the same browser signs another person in: the cookie changes under the app.
    await Promise.all([one.fetch("/api/v1/session", { method: "POST", body: JSON.stringify({ email: "demo2", device_id: "other" }) }), world.advance(1_000)]);
    await one.app.commands.create("shifts", SHIFT);
    await world.advance(120_000);
    expect(one.app.status()).toMatchObject({ queued: 1, phase: "signed_out" });
    expect(server.all("shifts")).toEqual([]);
    await one.signIn("demo1");
    await world.advance(10_000);
    expect(server.all("shifts").map((record) => record.fields.created_by)).toEqual(["user-demo1"]);
  });

  it("C15 a session that ran out offline: capture goes on, reading locks, all is sent after sign-in", async () => {
    const one = await phone();
    const shift = await one.app.commands.create("shifts", SHIFT);
    const visit = await one.app.commands.create("visits", { shift_id: shift, outcome: "observed" });
    await world.advance(5_000);
    network.faultFor = () => "drop_request";
    network.signedOut.add(one.app.session()!.device_id);
    await world.advance(5 * 24 * 3_600_000);
    const late = await one.app.commands.create("visits", { shift_id: shift, outcome: "nothing_noted" });
    expect(one.app.status().phase).toBe("signed_out");
    expect(one.app.projection().get("visits", visit)).toBeUndefined();
    expect(one.app.projection().get("visits", late)).toBeDefined();
    network.faultFor = () => null;
    network.signedOut.clear();
    await one.signIn("demo1");
    await world.advance(60_000);
    expect(server.all("visits")).toHaveLength(2);
    expect(one.app.projection().get("visits", visit)).toBeDefined();
  });
});
