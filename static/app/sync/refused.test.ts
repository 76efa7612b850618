/** CL3, CL4, PU5, PU9, PU12: what the server does not take as it is – refused, in conflict, held – and what a person does about it. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Rejection, Shift } from "../domain/records";
import { ModelServer } from "./testing/modelServer";
import { Network, Refused } from "./testing/network";
import { Phone } from "./testing/phone";
import { whole } from "./testing/plainSealer";
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

async function shifts(on: Phone, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push(await on.app.commands.create("shifts", { ...SHIFT, reason: `nr ${at}` }));
  return ids;
}

describe("what the server will not take", () => {
  it("CL3 S05 one poison mutation among 50 stays visible as refused, the rest are received", async () => {
    const one = await phone();
    network.faultFor = () => "drop_request";
    await shifts(one, 25);
    const bad = await one.app.commands.create("shifts", { ...SHIFT, reason: "kept whole", poison: true } as Partial<Shift>);
    await shifts(one, 24);
    network.faultFor = () => null;
    await world.advance(60_000);
    const projection = one.app.projection();
    expect(projection.all("shifts").filter((record) => record.tick === "received")).toHaveLength(49);
    expect(projection.get("shifts", bad)).toMatchObject({ tick: "refused", fields: { reason: "kept whole" } });
    expect(one.app.status()).toMatchObject({ queued: 0, rejected: 1 });
  });

  it("PU12 correct settles the refusal; discard takes the record away and its undo brings it back", async () => {
    const one = await phone();
    const bad = await one.app.commands.create("shifts", { ...SHIFT, poison: true } as Partial<Shift>);
    const other = await one.app.commands.create("shifts", { ...SHIFT, poison: true } as Partial<Shift>);
    await world.advance(5_000);
    const rejectionOf = (id: string) => one.app.projection().get("shifts", id)!.rejectionId!;
    await one.app.commands.correct(rejectionOf(bad), { poison: undefined, reason: "corrected" });
    expect(one.app.projection().get("shifts", bad)).toMatchObject({ rejectionId: null });
    await world.advance(5_000);
    expect(one.app.projection().get("shifts", bad)).toMatchObject({ tick: "received", version: 1, fields: { reason: "corrected" } });
    const discarded = rejectionOf(other);
    await one.app.commands.discard(discarded);
    expect(one.app.projection().get("shifts", other)).toBeUndefined();
    await world.advance(5_000);
    expect(one.app.projection().get("shifts", other)).toBeUndefined();
    await one.app.commands.takeBack(discarded);
    await world.advance(5_000);
    expect(one.app.projection().get("shifts", other)?.tick).toBe("refused");
    expect(one.app.projection().all("rejections").map(({ fields }) => (fields as Rejection).state).sort()).toEqual(["corrected", "open"]);
  });

  it("PU12 a refusal handed over is the lead's until it is taken back; discarding can be taken back the same way", async () => {
    const one = await phone();
    const bad = await one.app.commands.create("shifts", { ...SHIFT, poison: true } as Partial<Shift>);
    await expect(one.app.commands.handOver(bad)).rejects.toMatchObject({ slug: "not_found" });
    await world.advance(5_000);
    const id = one.app.projection().get("shifts", bad)!.rejectionId!;
    const state = () => [one.app.projection().get("rejections", id)?.fields.state, server.get("rejections", id)?.fields.state];
    const steps = [["handOver", "handed_over", 0], ["takeBack", "open", 1], ["discard", "discarded", 0], ["takeBack", "open", 1]] as const;
    for (const [step, expected, open] of steps) {
      await one.app.commands[step](id);
      expect(state()[0]).toBe(expected);
      expect(one.app.status().rejected).toBe(open);
      await world.advance(5_000);
      expect(state()).toEqual([expected, expected]);
    }
    const sent = server.log.size;
    await one.app.commands.takeBack(id);
    await world.advance(5_000);
    expect(server.log.size).toBe(sent);
  });

  it("PU12 what the server never saw can be put away and taken back here, but nobody else can take it over", async () => {
    const one = await phone();
    const real = server.sync.bind(server);
    server.sync = (device, user, request) => {
      if (request.mutations.length > 0) throw new Refused(413);
      return real(device, user, request);
    };
    const [big] = await shifts(one, 1);
    await world.advance(10_000);
    const id = one.app.projection().get("shifts", big!)!.rejectionId!;
    await expect(one.app.commands.handOver(id)).rejects.toMatchObject({ slug: "rejection_only_here" });
    await one.app.commands.discard(id);
    expect(one.app.projection().get("shifts", big!)).toBeUndefined();
    await one.app.commands.takeBack(id);
    expect(one.app.projection().get("shifts", big!)?.tick).toBe("refused");
  });

  it("PU5 a conflict is decided on field by field, shown at once, and holds for everybody", async () => {
    const one = await phone("demo1", 1);
    const [id] = await shifts(one, 1);
    await world.advance(5_000);
    network.faultFor = () => "drop_request";
    await one.app.commands.update("shifts", id!, { reason: "sent", handover_note: "sent" });
    server.officeEdit("shifts", id!, { reason: "office", handover_note: "office" });
    network.faultFor = () => null;
    await world.advance(60_000);
    const [conflict] = one.app.projection().all("conflicts");
    expect(conflict?.fields).toMatchObject({ op: "update", server: { reason: "office" }, sent: { reason: "sent" }, resolution: null, author_id: "user-demo1" });
    expect(one.app.status().conflicts).toBe(1);
    await expect(one.app.commands.resolve("elsewhere", {})).rejects.toMatchObject({ slug: "not_found" });
    await one.app.commands.resolve(conflict!.id, { reason: { choice: "sent" }, handover_note: { choice: "other", value: "both" } });
    expect(one.app.projection().get("conflicts", conflict!.id)?.fields.state).toBe("resolved");
    expect(one.app.status().conflicts).toBe(0);
    await world.advance(5_000);
    expect(one.app.projection().get("shifts", id!)).toMatchObject({ tick: "received", fields: { reason: "sent", handover_note: "both" } });
    expect(one.app.status()).toMatchObject({ conflicts: 0, queued: 0, rejected: 0 });
  });

  it("PU9 a child that came before its parent is held, counted and says so, until the parent is there", async () => {
    const [one, other] = [await phone("demo1", 1), await phone("demo2", 2)];
    network.faultFor = () => "drop_request";
    const [shift] = await shifts(other, 1);
    let isFirst = true;
    const visit = await one.app.commands.create("visits", { shift_id: shift! });
    network.faultFor = (request) => (isFirst && request.mutations.some((mutation) => whole(mutation).record_id === shift) ? "drop_request" : null);
    await world.advance(30_000);
    expect(one.app.status()).toMatchObject({ held: 1, queued: 0, late: 0 });
    expect(one.app.projection().all("held")[0]?.fields).toMatchObject({ record_id: visit, state: "waiting" });
    isFirst = false;
    await world.advance(90_000);
    expect(one.app.status()).toMatchObject({ held: 0, queued: 0 });
    expect(one.app.projection().get("visits", visit)).toMatchObject({ tick: "received", waits: null, version: 1 });
  });

  it.each([413, 400])("CL4 %i: halved down to the one, which is refused here while the rest go on", async (status) => {
    const one = await phone();
    network.faultFor = () => "drop_request";
    await shifts(one, 20);
    const big = await one.app.commands.create("shifts", { ...SHIFT, handover_note: "x".repeat(5_000) });
    await shifts(one, 20);
    const real = server.sync.bind(server);
    server.sync = (device, user, request) => {
      if (request.mutations.some((mutation) => String(whole(mutation).fields.handover_note).length > 2_000)) throw new Refused(status);
      return real(device, user, request);
    };
    network.faultFor = () => null;
    await world.advance(120_000);
    expect(server.all("shifts")).toHaveLength(40);
    expect(one.app.status()).toMatchObject({ queued: 0, rejected: 1 });
    const refused = one.app.projection().get("shifts", big)!;
    expect(refused.tick).toBe("refused");
    await one.app.commands.correct(refused.rejectionId!, { handover_note: "short" });
    await world.advance(60_000);
    expect(one.app.projection().get("shifts", big)).toMatchObject({ tick: "received", fields: { handover_note: "short" } });
    expect(one.app.status()).toMatchObject({ queued: 0, rejected: 0 });
  });

  it("CL4 a server that refuses empty requests too condemns nobody", async () => {
    const one = await phone();
    const real = server.sync.bind(server);
    server.sync = () => { throw new Refused(400); };
    await shifts(one, 4);
    await world.advance(300_000);
    expect(one.app.status()).toMatchObject({ queued: 4, rejected: 0 });
    server.sync = real;
    await world.advance(60_000);
    expect(server.all("shifts")).toHaveLength(4);
  });
});
