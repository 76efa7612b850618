/** PL3–PL6 on the phone: records that leave a person's reach, the window or the world, and copies that start over. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Shift } from "../domain/records";
import { ModelServer } from "./testing/modelServer";
import { Network } from "./testing/network";
import { Phone } from "./testing/phone";
import { SeededRandom, World } from "./testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", status: "draft", started_at: "2026-11-23T18:00:00+01:00" };

let world: World;
let server: ModelServer;
let network: Network;
let one: Phone;
let isOffline: boolean;

beforeEach(async () => {
  world = new World();
  server = new ModelServer(() => world.time);
  network = new Network(world, server, new SeededRandom(1));
  isOffline = false;
  network.faultFor = () => (isOffline ? "drop_request" : null);
  one = await phone("demo1", 1);
});

async function phone(email: string, seed: number): Promise<Phone> {
  const made = new Phone(world, network, seed);
  await made.open();
  await made.signIn(email);
  return made;
}
/** Three shifts, a visit each and an edit: nine mutations. */
async function evening(on: Phone, name: string): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < 3; at++) {
    const shift = await on.app.commands.create("shifts", { ...SHIFT, reason: `${name} ${at}` });
    const visit = await on.app.commands.create("visits", { shift_id: shift, outcome: "observed" });
    await on.app.commands.update("shifts", shift, { handover_note: `${name} note ${at}` });
    ids.push(shift, visit);
  }
  return ids;
}
describe("records that leave a phone's reach", () => {
  it("PL3 who loses a shift loses it and all below it here; what waits for it stays in the queue and is answered", async () => {
    const two = await phone("demo2", 2);
    const ids = await evening(one, "shared");
    await world.advance(65_000);
    expect(two.app.projection().all("visits")).toHaveLength(3);
    isOffline = true;
    await two.app.commands.update("shifts", ids[0]!, { reason: "waits" });
    server.hide(ids[0]!, "user-demo2", true);
    isOffline = false;
    network.faultFor = (request) => (request.mutations.length > 0 ? "503" : null);
    await world.advance(65_000);
    network.faultFor = () => null;
    // The pull goes with the push: both are seen once the server answers again.
    await world.advance(60_000);
    expect(two.app.projection().all("shifts").map(({ id }) => id)).not.toContain(ids[0]);
    expect(two.app.projection().all("visits")).toHaveLength(2);
    expect(two.app.projection().all("shifts")).toHaveLength(2);
    expect(two.app.status()).toMatchObject({ queued: 0, rejected: 1 });
    expect(two.app.projection().all("rejections")[0]?.fields).toMatchObject({ slug: "not_found", fields: { reason: "waits" } });
    expect(one.app.projection().all("shifts")).toHaveLength(3);
    server.hide(ids[0]!, "user-demo2", false);
    await world.advance(65_000);
    expect(two.app.projection().all("visits")).toHaveLength(3);
  });

  it("PL3 a tombstone for scope leaves a mutation alone that is still in the queue", async () => {
    const two = await phone("demo2", 2);
    const [shift] = await evening(one, "shared");
    await world.advance(65_000);
    server.hide(shift!, "user-demo2", true);
    const real = server.sync.bind(server);
    // A server that brings the change and answers no mutation yet.
    server.sync = (device, user, request) => real(device, user, { ...request, mutations: [] });
    await two.app.commands.update("shifts", shift!, { reason: "waits" });
    await world.advance(5_000);
    expect(two.app.projection().get("shifts", shift!)).toBeUndefined();
    expect(two.app.status().queued).toBe(1);
    server.sync = real;
    await world.advance(60_000);
    expect(two.app.status()).toMatchObject({ queued: 0, rejected: 1 });
  });

  it("PL4 what was disposed of goes with its rejections, conflicts, held and late rows", async () => {
    const shift = await one.app.commands.create("shifts", SHIFT);
    const visit = await one.app.commands.create("visits", { shift_id: shift });
    await world.advance(5_000);
    server.officeEdit("shifts", shift, { status: "approved" });
    await one.app.commands.update("visits", visit, { outcome: "observed" });
    await one.app.commands.update("shifts", shift, { reason: "x", poison: true } as Partial<Shift>);
    await world.advance(65_000);
    expect(one.app.status()).toMatchObject({ late: 1, rejected: 1 });
    expect(one.app.projection().get("visits", visit)).toMatchObject({ waits: "late", fields: { outcome: "observed" } });
    server.dispose(shift);
    await world.advance(65_000);
    expect(one.app.status()).toMatchObject({ late: 0, rejected: 0, queued: 0 });
    for (const name of ["shifts", "visits", "late", "rejections"] as const) expect(one.app.projection().all(name), name).toEqual([]);
  });
});

describe("copies and windows", () => {
  it("PL3 at a reset old rows stay visible until the new copy is whole; pending is untouched", async () => {
    const one = await phone("demo1", 3);
    for (let at = 0; at < 30; at++) server.fill("shifts", `s${at}`, { ...SHIFT, participant_ids: ["user-demo1"] });
    one.app.syncNow();
    await world.advance(5_000);
    const device = one.app.session()!.device_id;
    const real = server.sync.bind(server);
    let pages = 0;
    server.sync = (id, user, request) => {
      pages++;
      return real(id, user, { ...request, limit: 10 });
    };
    server.resets.add(device);
    server.records.delete("shifts/s3");
    network.latencyMs = 1_000;
    one.app.syncNow();
    await world.advance(1_500);
    expect(pages).toBe(2);
    expect(one.app.status().downloading).toBe(true);
    const saved = await one.app.commands.create("shifts", SHIFT);
    expect(one.app.projection().all("shifts")).toHaveLength(31);
    await world.advance(20_000);
    expect(one.app.status().downloading).toBe(false);
    expect(one.app.projection().all("shifts")).toHaveLength(30);
    expect(one.app.projection().get("shifts", "s3")).toBeUndefined();
    expect(one.app.projection().get("shifts", saved)?.tick).toBe("received");
  });

  it("PL5 another epoch: pulled from the start, the queue untouched", async () => {
    const one = await phone("demo1", 3);
    const id = await one.app.commands.create("shifts", SHIFT);
    await world.advance(5_000);
    network.faultFor = () => "drop_request";
    await one.app.commands.update("shifts", id, { reason: "offline" });
    server.restore();
    network.faultFor = () => null;
    await world.advance(60_000);
    expect(one.app.status()).toMatchObject({ queued: 0, downloading: false });
    expect(one.app.projection().get("shifts", id)).toMatchObject({ tick: "received", fields: { reason: "offline" } });
  });

  it("PL6 C14 a clock set a month ahead makes the phone forget nothing", async () => {
    const one = await phone("demo1", 3);
    server.fill("shifts", "team's", { ...SHIFT, started_at: new Date(world.time - 86_400_000).toISOString(), status: "approved" });
    await world.advance(61_000);
    one.clock.wrongByMs = 31 * 86_400_000;
    await one.restart();
    await world.advance(61_000);
    expect(one.app.projection().all("shifts").map((record) => record.id)).toEqual(["team's"]);
  });

  it("PL6 what left the window goes without a tombstone once a day", async () => {
    network.sessionHours = 24 * 7;
    const one = await phone("demo1", 3);
    const day = (ago: number) => new Date(world.time - ago * 86_400_000).toISOString();
    server.fill("shifts", "old-own", { ...SHIFT, started_at: day(61), status: "approved", participant_ids: ["user-demo1"] });
    server.fill("shifts", "new-team", { ...SHIFT, started_at: day(10), status: "approved" });
    server.fill("visits", "v-old", { shift_id: "old-own" });
    await world.advance(49 * 3_600_000);
    expect(one.app.projection().all("shifts").map((record) => record.id)).toEqual(["new-team"]);
    expect(one.app.projection().all("visits")).toEqual([]);
    expect(server.all("shifts")).toHaveLength(2);
  });
});
