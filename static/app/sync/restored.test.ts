/** PL5, S13 on the phone: a server restored from an older backup. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Shift } from "../domain/records";
import type { SyncRequest } from "../ports";
import { everythingStored } from "./testing/disk";
import { ModelServer } from "./testing/modelServer";
import { Network } from "./testing/network";
import { Phone } from "./testing/phone";
import { isSealed } from "./testing/plainSealer";
import { SeededRandom, World } from "./testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", status: "draft", started_at: "2026-11-23T18:00:00+01:00" };

let world: World;
let server: ModelServer;
let network: Network;
let one: Phone;
let requests: SyncRequest[];
let isOffline: boolean;

beforeEach(async () => {
  world = new World();
  server = new ModelServer(() => world.time);
  network = new Network(world, server, new SeededRandom(1));
  requests = [];
  isOffline = false;
  network.faultFor = (request) => {
    requests.push(request);
    return isOffline ? "drop_request" : null;
  };
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
const held = () => ({ shifts: server.all("shifts").length, visits: server.all("visits").length });

describe("a server restored from an older backup", () => {
  it("S13 PL5 every mutation since the backup is offered again, sealed, before newer ones, and is in effect once", async () => {
    const backup = server.backup();
    const ids = await evening(one, "before");
    await world.advance(10_000);
    expect(held()).toEqual({ shifts: 3, visits: 3 });
    isOffline = true;
    await world.advance(1_000);
    server.restore(backup);
    expect(held()).toEqual({ shifts: 0, visits: 0 });
    await evening(one, "after");
    expect(one.app.status().queued).toBe(9);
    isOffline = false;
    requests = [];
    await world.advance(60_000);
    expect(held()).toEqual({ shifts: 6, visits: 6 });
    for (const id of ids.filter((_, at) => at % 2 === 0)) expect(server.get("shifts", id)?.fields.handover_note).toMatch(/^before note/);
    expect(server.all("held").filter(({ fields }) => fields.state === "waiting")).toEqual([]);
    expect(server.effects).toBe(18);
    expect(server.reused).toEqual([]);
    const again = requests.flatMap((request) => request.mutations).filter(isSealed);
    expect(new Set(again.map(({ device_seq }) => device_seq))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(one.app.status()).toMatchObject({ queued: 0, rejected: 0, downloading: false });
    expect(one.app.projection().all("visits")).toHaveLength(6);
  });

  it("S13 PL5 offered again in device_seq order and ahead of what was written meanwhile, page by page, while old rows stay", async () => {
    const backup = server.backup();
    const ids = await evening(one, "before");
    await world.advance(10_000);
    for (const event of ["lucia", "valborg", "nyar"]) server.officeEdit("shifts", ids[0]!, { event });
    await world.advance(65_000);
    isOffline = true;
    await world.advance(1_000);
    server.restore(backup);
    const real = server.sync.bind(server);
    const order: number[] = [];
    server.sync = (device, user, request) => {
      // It answers three at a time and lets one row go.
      const mutations = request.mutations.slice(0, 3);
      order.push(...mutations.map(({ device_seq }) => device_seq));
      return real(device, user, { ...request, mutations, limit: 1 });
    };
    // The first answer of the restored server tells of the new epoch; nothing new is in it.
    isOffline = false;
    network.latencyMs = 1_000;
    one.app.syncNow();
    await world.advance(1_500);
    expect(one.app.status().queued).toBe(9);
    expect(one.app.projection().all("shifts")).toHaveLength(3);
    const late = await one.app.commands.create("shifts", { ...SHIFT, reason: "meanwhile" });
    await one.app.commands.update("shifts", ids[0]!, { reason: "edited meanwhile" });
    while (one.app.status().queued > 0 || one.app.status().downloading) {
      expect(one.app.projection().all("shifts").length).toBeGreaterThanOrEqual(3);
      expect(one.app.projection().get("shifts", ids[0]!)?.fields.reason).toBe("edited meanwhile");
      await world.advance(500);
    }
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.at(-1)).toBe(11);
    expect(one.app.projection().get("shifts", ids[0]!)?.fields.handover_note).toBe("before note 0");
    expect(one.app.projection().get("shifts", late)?.tick).toBe("received");
  });

  it("S13 PL5 restored twice, to different days, with a sign-out in between: all of it comes back each time", async () => {
    const empty = server.backup();
    await evening(one, "first");
    await world.advance(10_000);
    const later = server.backup();
    await evening(one, "second");
    await world.advance(10_000);
    server.restore(later);
    await world.advance(65_000);
    expect(held()).toEqual({ shifts: 6, visits: 6 });
    const left = one.app.signOut();
    await world.advance(1_000);
    await left;
    server.restore(empty);
    expect(held()).toEqual({ shifts: 0, visits: 0 });
    await one.signIn("demo1");
    await world.advance(60_000);
    expect(held()).toEqual({ shifts: 6, visits: 6 });
    expect(server.effects).toBe(18);
    expect(one.app.status()).toMatchObject({ queued: 0, rejected: 0, held: 0 });
  });

  it("S13 a child on one phone, its parent on another: held until the other phone has offered the parent again", async () => {
    const two = await phone("demo2", 2);
    const backup = server.backup();
    const shift = await one.app.commands.create("shifts", { ...SHIFT, participant_ids: ["user-demo2"] });
    await world.advance(65_000);
    const visit = await two.app.commands.create("visits", { shift_id: shift });
    await two.app.commands.update("shifts", shift, { reason: "two's" });
    await world.advance(65_000);
    network.faultFor = () => "drop_request";
    server.restore(backup);
    await world.advance(1_000);
    const devices = [one, two].map((phone) => phone.app.session()!.device_id);
    network.signedOut.add(devices[0]!);
    network.faultFor = () => null;
    await world.advance(70_000);
    expect(held()).toEqual({ shifts: 0, visits: 0 });
    expect(two.app.status()).toMatchObject({ held: 2, queued: 0 });
    network.signedOut.clear();
    await one.signIn("demo1");
    await world.advance(130_000);
    expect(held()).toEqual({ shifts: 1, visits: 1 });
    expect(server.get("shifts", shift)?.fields.reason).toBe("two's");
    expect(two.app.projection().get("visits", visit)).toMatchObject({ tick: "received", waits: null });
    expect(two.app.status()).toMatchObject({ held: 0, queued: 0 });
  });

  it("PL5 what one history held and the next applied is no longer said to be held", async () => {
    const two = await phone("demo2", 2);
    await evening(one, "before");
    await world.advance(5_000);
    const without = server.backup();
    const shift = await one.app.commands.create("shifts", SHIFT);
    await world.advance(65_000);
    const withShift = server.backup();
    network.signedOut.add(one.app.session()!.device_id);
    server.restore(without);
    const real = server.sync.bind(server);
    server.sync = (device, user, request) => real(device, user, { ...request, limit: 1 });
    network.latencyMs = 1_000;
    await two.app.commands.update("shifts", shift, { reason: "two's" });
    await world.advance(3_500);
    // The receipt is here; the server's own row of it, last in its order, is not.
    expect(two.app.status()).toMatchObject({ held: 1, queued: 0, downloading: true });
    server.restore(withShift);
    network.latencyMs = 40;
    server.sync = real;
    await world.advance(65_000);
    expect(server.get("shifts", shift)?.fields.reason).toBe("two's");
    expect(two.app.status()).toMatchObject({ held: 0, queued: 0 });
    expect(two.app.projection().get("shifts", shift)).toMatchObject({ waits: null, fields: { reason: "two's" } });
  });

  it("PL5 a copy that could not be sealed is offered as it is; once there is a key it is sealed", async () => {
    network.hasSealKey = false;
    const two = await phone("demo2", 2);
    const backup = server.backup();
    await evening(two, "clear");
    await world.advance(5_000);
    server.restore(backup);
    await world.advance(65_000);
    expect(held()).toEqual({ shifts: 3, visits: 3 });
    network.hasSealKey = true;
    await two.signIn("demo2");
    await world.advance(1_000);
    const copies = Object.entries(await everythingStored(two.parts.indexedDB)).find(([name]) => name.endsWith("/sent"))![1] as { blob: unknown; is_clear: number }[];
    expect(copies).toHaveLength(9);
    expect(copies.filter(({ blob, is_clear }) => typeof blob === "string" && is_clear === 0)).toHaveLength(9);
  });

  it("CL4 PL5 a copy the server can't take is set aside, counted and in the queue file; the rest return", async () => {
    const backup = server.backup();
    await evening(one, "before");
    await world.advance(5_000);
    server.restore(backup);
    network.faultFor = (request) => (request.mutations.some(({ device_seq }) => device_seq === 9) ? "too_large" : null);
    await world.advance(120_000);
    expect(held()).toEqual({ shifts: 3, visits: 3 });
    expect(one.app.status()).toMatchObject({ queued: 1, rejected: 0, downloading: false });
    expect((await one.app.queueFile()).count).toBe(1);
    network.faultFor = () => null;
    server.restore(backup);
    await world.advance(120_000);
    expect(one.app.status().queued).toBe(0);
    expect(server.effects).toBe(9);
  });

  it("PL5 C14 a phone's clock set two months ahead throws no copy away", async () => {
    const backup = server.backup();
    await evening(one, "before");
    await world.advance(5_000);
    one.clock.wrongByMs = 60 * 86_400_000;
    await one.app.commands.create("shifts", SHIFT);
    await world.advance(5_000);
    server.restore(backup);
    await world.advance(125_000);
    expect(held()).toEqual({ shifts: 4, visits: 3 });
  });

  it("PL5 copies are kept for 30 days", async () => {
    network.sessionHours = 24 * 60;
    await evening(one, "old");
    await world.advance(5_000);
    await one.restart(0);
    await world.advance(31 * 24 * 3_600_000);
    await one.open();
    await one.app.commands.create("shifts", SHIFT);
    await world.advance(5_000);
    const stored = await everythingStored(one.parts.indexedDB);
    expect(Object.entries(stored).find(([name]) => name.endsWith("/sent"))![1]).toHaveLength(1);
  });
});
