/** CL8, C08, C09, CL11: whose records they are on a phone of several people; what a sign-out leaves; the queue as a file. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Shift } from "../domain/records";
import type { Mutation } from "../ports";
import { everythingStored } from "./testing/disk";
import { ModelServer } from "./testing/modelServer";
import { Network } from "./testing/network";
import { Phone } from "./testing/phone";
import { opened } from "./testing/plainSealer";
import { SeededRandom, World } from "./testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", status: "draft", started_at: "2026-11-23T18:00:00+01:00" };

let world: World;
let server: ModelServer;
let network: Network;
let one: Phone;

beforeEach(async () => {
  world = new World();
  server = new ModelServer(() => world.time);
  network = new Network(world, server, new SeededRandom(1));
  one = new Phone(world, network, 1);
  await one.open();
  await one.signIn("demo1");
});

async function signOut(): Promise<void> {
  const left = one.app.signOut();
  await world.advance(1_000);
  await left;
}
async function fetchSession(): Promise<Response> {
  const [response] = await Promise.all([one.fetch("/api/v1/session"), world.advance(1_000)]);
  return response;
}
const stored = async (): Promise<string> => JSON.stringify(await everythingStored(one.parts.indexedDB));

describe("what a sign-out leaves on the phone", () => {
  it("CL8 C09 of confirmed rows, refusals, receipts, copies and drafts nothing readable; what is unsent comes back", async () => {
    const { commands } = one.app;
    const canaries = ["received-canary", "colleague-canary", "refused-canary", "draft-canary"];
    const known = await commands.create("shifts", { ...SHIFT, reason: canaries[0]! });
    await commands.create("shifts", { ...SHIFT, reason: canaries[2]!, poison: true } as Partial<Shift>);
    await world.advance(5_000);
    server.officeEdit("shifts", known, { handover_note: canaries[1] });
    await commands.saveDraft("visit", { note: canaries[3] });
    await world.advance(61_000);
    network.faultFor = () => "drop_request";
    const unsent = await commands.create("shifts", { ...SHIFT, reason: "unsent" });
    const changed = await commands.update("shifts", known, { event: "lucia" });
    expect(changed).toBeUndefined();
    const before = await stored();
    for (const canary of canaries) expect(before, canary).toContain(canary);
    await signOut();
    const after = await stored();
    for (const canary of canaries) expect(after, canary).not.toContain(canary);
    expect(one.app.projection().all("shifts")).toEqual([]);

    network.faultFor = () => null;
    await one.signIn("demo1");
    expect(one.app.projection().get("shifts", unsent)).toBeDefined();
    await world.advance(60_000);
    expect(one.app.status()).toMatchObject({ queued: 0, rejected: 1 });
    expect(one.app.projection().get("shifts", unsent)).toMatchObject({ tick: "received", fields: { reason: "unsent" } });
    expect(one.app.projection().get("shifts", known)?.fields).toMatchObject({ reason: canaries[0], handover_note: canaries[1], event: "lucia" });
    expect(one.app.projection().all("rejections")).toHaveLength(1);
  });

  it("CL8 a copy that could not be sealed is not left readable either", async () => {
    network.hasSealKey = false;
    const two = new Phone(world, network, 2);
    await two.open();
    await two.signIn("demo2");
    await two.app.commands.create("shifts", { ...SHIFT, reason: "clear-canary" });
    await world.advance(5_000);
    const left = two.app.signOut();
    await world.advance(1_000);
    await left;
    expect(JSON.stringify(await everythingStored(two.parts.indexedDB))).not.toContain("clear-canary");
  });

  it("CL8 a sign-out the server has not heard of yet never keeps the next start waiting for the network", async () => {
    one.isOffline = true;
    await signOut();
    one.isOffline = false;
    network.latencyMs = 20_000;
    // No time passes here: a start that asked the network first would never come back.
    await one.restart();
    expect(one.app.session()).toBeNull();
    await world.advance(90_000);
    network.latencyMs = 40;
    expect((await fetchSession()).status).toBe(401);
  });

  it("CL4 what only this phone knows as refused survives the sign-out", async () => {
    const big = await one.app.commands.create("shifts", { ...SHIFT, reason: "too large" });
    const store = await stored();
    expect(store).toContain("too large");
    network.faultFor = (request) => (request.mutations.length > 0 ? "too_large" : null);
    await world.advance(10_000);
    expect(one.app.projection().get("shifts", big)?.tick).toBe("refused");
    await signOut();
    network.faultFor = () => null;
    await one.signIn("demo1");
    expect(one.app.projection().get("shifts", big)).toMatchObject({ tick: "refused", fields: { reason: "too large" } });
  });
});

describe("two people, one phone", () => {
  it("C08 each has a queue of their own: both saved without coverage, each is sent by its author alone", async () => {
    network.faultFor = () => "drop_request";
    const first = await one.app.commands.create("shifts", { ...SHIFT, reason: "first's" });
    await signOut();
    await one.signIn("demo2");
    expect(one.app.projection().all("shifts")).toEqual([]);
    expect(one.app.status().queued).toBe(0);
    const second = await one.app.commands.create("shifts", { ...SHIFT, reason: "second's" });
    expect(one.app.status().queued).toBe(1);
    await signOut();
    await one.signIn("demo1");
    expect(one.app.projection().all("shifts").map((record) => record.id)).toEqual([first]);
    network.faultFor = () => null;
    await world.advance(60_000);
    expect(server.all("shifts").map(({ id, fields }) => [id, fields.created_by])).toEqual([[first, "user-demo1"]]);
    await signOut();
    await one.signIn("demo2");
    await world.advance(60_000);
    expect(server.get("shifts", second)?.fields.created_by).toBe("user-demo2");
    expect([...server.sequences.values()].map((used) => [...used.keys()])).toEqual([[1], [1]]);
    expect([...server.log.values()].map(({ mutation, device }) => [mutation.record_id, server.sequences.has(device)])).toEqual([[first, true], [second, true]]);
  });
});

describe("the queue as a file", () => {
  const inside = async () => {
    const { name, text, count } = await one.app.queueFile();
    const file = JSON.parse(text) as { device_id: string; enc: string; sealed: string };
    const plain = JSON.parse(opened(btoa(atob(file.enc) + atob(file.sealed)))) as { user_id: string; device_id: string; app_build: string; saved_at: string; mutations: Mutation[] };
    return { name, count, plain, text };
  };

  it("CL11 holds everything that waits, as it would be sent, and takes nothing out of the queue", async () => {
    network.faultFor = () => "drop_request";
    const ids = [await one.app.commands.create("shifts", { ...SHIFT, reason: "one" }), await one.app.commands.create("shifts", { ...SHIFT, reason: "two" })];
    await one.app.commands.update("shifts", ids[0]!, { reason: "three" });
    const { name, count, plain, text } = await inside();
    expect([name, count]).toEqual(["faltlogg-2026-11-23-3.json", 3]);
    expect(text).not.toContain("three");
    expect(plain).toMatchObject({ user_id: "user-demo1", device_id: one.app.session()!.device_id, app_build: "2026.11.1" });
    network.faultFor = () => null;
    await world.advance(60_000);
    expect(plain.mutations).toEqual([...server.log.values()].map(({ mutation }) => mutation));
    expect(plain.mutations.map(({ device_seq }) => device_seq)).toEqual([1, 2, 3]);
    expect(one.app.status().queued).toBe(0);
    expect((await inside()).plain.mutations).toEqual([]);
  });

  it("CL11 is one person's: nobody signed in, no file; without the server's key it says so", async () => {
    await signOut();
    await expect(one.app.queueFile()).rejects.toMatchObject({ slug: "not_signed_in" });
    network.hasSealKey = false;
    await one.signIn("demo1");
    await expect(one.app.queueFile()).rejects.toMatchObject({ slug: "seal_missing" });
  });
});
