/** What a screen's actions write, and what they refuse to: PU5, PU9, PU13, PU14, on the real store. */
import { beforeEach, describe, expect, it } from "vitest";
import { NotSignedIn, PersonalNumberRefused, RecordHasChildren, RecordMissing } from "../domain/errors";
import type { Shift } from "../domain/records";
import type { Commands, SyncRequest } from "../ports";
import { ModelServer } from "../sync/testing/modelServer";
import { Network } from "../sync/testing/network";
import { Phone } from "../sync/testing/phone";
import { whole } from "../sync/testing/plainSealer";
import { SeededRandom, World } from "../sync/testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" };
let world: World;
let server: ModelServer;
let network: Network;
let phone: Phone;
let isOffline: boolean;

beforeEach(async () => {
  world = new World();
  server = new ModelServer(() => world.time);
  network = new Network(world, server, new SeededRandom(1));
  isOffline = false;
  network.faultFor = () => (isOffline ? "drop_request" : null);
  phone = new Phone(world, network, 1);
  await phone.open();
  await phone.signIn("demo1");
});

const online = async (): Promise<void> => {
  isOffline = false;
  await world.advance(60_000);
};
const sent = () => [...server.log.values()].map(({ mutation }) => mutation);

describe("commands", () => {
  it.each<[string, (commands: Commands) => Promise<unknown>]>([
    ["create", (commands) => commands.create("shifts", SHIFT)],
    ["saveDraft", (commands) => commands.saveDraft("after:team", {})],
    ["readDraft", (commands) => commands.readDraft("after:team")],
    ["dropDraft", (commands) => commands.dropDraft("after:team")],
    ["allDrafts", (commands) => commands.allDrafts()],
  ])("CL8 once nobody is signed in any more %s rejects and never throws", async (_, run) => {
    const left = phone.app.signOut();
    await world.advance(1_000);
    await left;
    const outcome = run(phone.app.commands); // what threw here would end a form in the middle of its own closing
    await expect(outcome).rejects.toBeInstanceOf(NotSignedIn);
  });

  it("PU13 a personal number is refused before anything is written", async () => {
    const { commands } = phone.app;
    await expect(commands.create("shifts", { ...SHIFT, handover_note: "811218-9876" })).rejects.toMatchObject({ slug: "personal_number", paths: ["handover_note"] });
    const id = await commands.create("shifts", SHIFT);
    await expect(commands.update("shifts", id, { reason: "70 10 63 2391" })).rejects.toBeInstanceOf(PersonalNumberRefused);
    await world.advance(10_000);
    expect(sent()).toHaveLength(1);
  });

  it("CL1 what one action puts down is saved together or not at all, each a mutation of its own", async () => {
    const { commands } = phone.app;
    isOffline = true;
    const shift = await commands.create("shifts", SHIFT);
    const visit = await commands.create("visits", { shift_id: shift });
    const id = await commands.together((put) => {
      put.update("visits", visit, { outcome: "observed" });
      return put.create("observations", { visit_id: visit, topics: ["alcohol"] });
    });
    expect(phone.app.projection().get("visits", visit)?.fields.outcome).toBe("observed");
    expect(phone.app.projection().get("observations", id)?.tick).toBe("saved");
    const refused = commands.together((put) => {
      put.update("visits", visit, { outcome: "nothing_noted" });
      put.create("observations", { visit_id: visit, note: "811218-9876" });
    });
    await expect(refused).rejects.toBeInstanceOf(PersonalNumberRefused);
    expect(phone.app.projection().get("visits", visit)?.fields.outcome).toBe("observed");
    await online();
    expect(sent().map(({ device_seq, collection, op }) => [device_seq, collection, op])).toEqual([
      [1, "shifts", "create"], [2, "visits", "create"], [3, "visits", "update"], [4, "observations", "create"],
    ]);
  });

  it("PU5 base_version is the last confirmed version, and 0 while the create is pending", async () => {
    const { commands } = phone.app;
    isOffline = true;
    const id = await commands.create("shifts", SHIFT);
    await commands.update("shifts", id, { reason: "one" });
    await online();
    await commands.update("shifts", id, { reason: "two" });
    server.officeEdit("shifts", id, { handover_note: "office" });
    await world.advance(60_000);
    await commands.update("shifts", id, { reason: "three" });
    await online();
    expect(sent().map(({ device_seq, base_version }) => [device_seq, base_version])).toEqual([[1, 0], [2, 0], [3, 2], [4, 4]]);
  });

  it("PU5 what came while a form stood open was not seen: the base stays below it, and one is asked instead of overwriting it", async () => {
    const { commands, projection } = phone.app;
    const id = await commands.create("shifts", SHIFT);
    await online();
    const seen = projection().get("shifts", id)!.version;
    server.officeEdit("shifts", id, { reason: "office" });
    await world.advance(60_000);
    expect(projection().get("shifts", id)?.fields.reason).toBe("office");
    await commands.update("shifts", id, { reason: "form" }, seen);
    await online();
    expect(sent().at(-1)?.base_version).toBe(seen);
    expect(projection().get("shifts", id)?.fields.reason).toBe("office");
    expect(projection().all("conflicts").map(({ fields }) => fields.sent)).toEqual([{ reason: "form" }]);
  });

  it("PU14 an update that changes nothing writes nothing; autosave makes no mutation", async () => {
    const { commands } = phone.app;
    const id = await commands.create("shifts", { ...SHIFT, participant_ids: ["a"] });
    await commands.update("shifts", id, { participant_ids: ["a"], reason: "" });
    await commands.saveDraft("visit", { note: "half" });
    await world.advance(10_000);
    expect(sent()).toHaveLength(1);
    await phone.restart();
    expect((await phone.app.commands.readDraft("visit"))?.value).toEqual({ note: "half" });
    await phone.app.commands.dropDraft("visit");
    expect(await phone.app.commands.readDraft("visit")).toBeUndefined();
  });

  it("PU9 a visit goes with its observations, children first; a shift only when empty", async () => {
    const { commands } = phone.app;
    const shift = await commands.create("shifts", SHIFT);
    const visit = await commands.create("visits", { shift_id: shift });
    const seen = await commands.create("observations", { visit_id: visit });
    await expect(commands.remove("shifts", shift)).rejects.toBeInstanceOf(RecordHasChildren);
    await commands.remove("visits", visit);
    expect(phone.app.projection().all("observations")).toEqual([]);
    await commands.remove("shifts", shift);
    await online();
    expect(sent().filter(({ op }) => op === "delete").map(({ record_id }) => record_id)).toEqual([seen, visit, shift]);
    expect(server.all("rejections")).toEqual([]);
    await expect(commands.remove("visits", visit)).rejects.toBeInstanceOf(RecordMissing);
  });

  it("PU9 a shift is empty once the same action has removed all that hangs on it, each of it once", async () => {
    const { commands } = phone.app;
    const shift = await commands.create("shifts", SHIFT);
    const visit = await commands.create("visits", { shift_id: shift });
    const seen = await commands.create("observations", { visit_id: visit });
    await commands.together((put) => {
      put.remove("observations", seen);
      put.remove("visits", visit);
      put.remove("shifts", shift);
    });
    await online();
    expect(sent().filter(({ op }) => op === "delete").map(({ record_id }) => record_id)).toEqual([seen, visit, shift]);
    expect(server.all("rejections")).toEqual([]);
  });

  it("PU9 PU12 a child refused for its missing parent comes back with the parent's correction", async () => {
    const { commands } = phone.app;
    isOffline = true;
    const shift = await commands.create("shifts", { ...SHIFT, poison: true } as Partial<Shift>);
    const visit = await commands.create("visits", { shift_id: shift, outcome: "observed" });
    await online();
    const refused = (name: "shifts" | "visits", id: string) => phone.app.projection().get(name, id)!;
    expect([refused("shifts", shift).tick, refused("visits", visit).tick]).toEqual(["refused", "refused"]);
    await commands.correct(refused("shifts", shift).rejectionId!, { poison: undefined });
    await online();
    expect(phone.app.projection().get("visits", visit)).toMatchObject({ tick: "received", fields: { outcome: "observed" } });
    expect(phone.app.status()).toMatchObject({ queued: 0, rejected: 0 });
  });

  it("PU12 editing a record that exists only as refused corrects the refusal", async () => {
    const { commands } = phone.app;
    const id = await commands.create("shifts", { ...SHIFT, poison: true } as Partial<Shift>);
    await world.advance(10_000);
    await commands.update("shifts", id, { reason: "right", poison: false } as Partial<Shift>);
    await online();
    expect(server.get("shifts", id)?.fields.reason).toBe("right");
    expect(sent().at(-1)?.replaces).toBe(server.all("rejections")[0]!.id);
  });

  it("PU15 a phone three days wrong writes the right time and says by how much it is wrong", async () => {
    phone.clock.wrongByMs = 3 * 86_400_000;
    await phone.restart();
    await world.advance(61_000);
    expect(Math.abs(phone.app.status().clockOffsetS - 3 * 86_400)).toBeLessThanOrEqual(1);
    expect(Math.abs(Date.parse(phone.app.commands.timestamp()) - world.time)).toBeLessThanOrEqual(2_000);
  });

  it("sends the queue's state with every request, for the lead to see", async () => {
    const requests: SyncRequest[] = [];
    network.faultFor = (request) => {
      requests.push(request);
      return "drop_request";
    };
    await phone.app.commands.create("shifts", SHIFT);
    await phone.app.commands.create("shifts", SHIFT);
    await world.advance(30_000);
    expect(requests.at(-1)!.queue).toMatchObject({ count: 2, last_device_seq: 2, oldest_made_at: whole(requests.at(-1)!.mutations[0]!).made_at });
    expect(requests.at(-1)).toMatchObject({ protocol: 1, app_build: "2026.11.1" });
  });
});
