/** What the system and other builds do to a running client: storage closed, kept or taken over (CL9, CL12, C07). */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Shift } from "../domain/records";
import { VERSION } from "../store/schema";
import { ModelServer } from "./testing/modelServer";
import { Network } from "./testing/network";
import { Phone } from "./testing/phone";
import { SeededRandom, settle, World } from "./testing/virtualClock";

const SHIFT: Partial<Shift> = { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" };

let world: World;
let network: Network;

beforeEach(() => {
  world = new World();
  network = new Network(world, new ModelServer(() => world.time), new SeededRandom(1));
});

async function phone(): Promise<Phone> {
  const made = new Phone(world, network, 1);
  await made.open();
  await made.signIn("demo1");
  return made;
}

describe("what the system and other builds do", () => {
  it("CL12 what the system has promised is known at the start, without asking again or signing in", async () => {
    const one = new Phone(world, network, 1);
    one.isPersisted = true;
    await one.open();
    expect(one.app.session()).toBeNull();
    expect(one.app.status().persisted).toBe(true);
  });

  it("what the phone's storage holds is measured at the start, and again at a sign-in", async () => {
    const one = new Phone(world, network, 1);
    await one.open();
    expect(one.app.status().storage).toEqual({ usedBytes: 1_000_000, quotaBytes: 1_000_000_000 });
    const before = one.app.status().storage;
    one.storage = { usedBytes: 1_000_000, quotaBytes: 1_000_000_000 };
    await one.signIn("demo1");
    expect(one.app.status().storage).toBe(before);
    one.storage = { usedBytes: 2_000_000, quotaBytes: 1_000_000_000 };
    await one.signIn("demo1");
    expect(one.app.status().storage?.usedBytes).toBe(2_000_000);
  });

  it("C07 a tab of the old build says at once that it has to give way, and keeps its queue for the new one", async () => {
    const one = await phone();
    network.faultFor = () => "drop_request";
    await one.app.commands.create("shifts", SHIFT);
    const { user, device_id } = one.app.session()!;
    const newer = one.parts.indexedDB.open(`faltlogg-${user.id}-${device_id}`, VERSION + 1);
    await settle();
    expect(one.app.status()).toMatchObject({ phase: "upgrade", queued: 1 });
    await expect(one.app.commands.create("shifts", SHIFT)).rejects.toMatchObject({ slug: "store_outdated" });
    await world.advance(120_000);
    expect(one.app.status().phase).toBe("upgrade");
    const kept = newer.result.transaction("mutations").objectStore("mutations").count();
    await settle();
    expect(kept.result).toBe(1);
  });

  it("CL9 a save meets a closed database: it is kept, sent and received", async () => {
    const one = await phone();
    const close = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(function (this: IDBDatabase) {
      this.close();
      throw new DOMException("The database connection is closing", "InvalidStateError");
    });
    const id = await one.app.commands.create("shifts", SHIFT);
    close.mockRestore();
    await world.advance(10_000);
    expect(one.app.projection().get("shifts", id)?.tick).toBe("received");
  });
});
