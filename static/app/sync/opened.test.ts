/** That a return was opened: told with the next request, until a 200 has answered, and then no more. */
import { beforeEach, describe, expect, it } from "vitest";
import { toTell } from "../store/opened";
import { ModelServer } from "./testing/modelServer";
import { Network } from "./testing/network";
import { Phone } from "./testing/phone";
import { SeededRandom, World } from "./testing/virtualClock";

let world: World;
let server: ModelServer;
let network: Network;
let phone: Phone;

beforeEach(async () => {
  world = new World();
  server = new ModelServer(() => world.time);
  network = new Network(world, server, new SeededRandom(1));
  phone = new Phone(world, network, 1);
  await phone.open();
  await phone.signIn("demo1");
  await world.advance(5_000);
});
const open = async (...ids: string[]) => {
  for (const id of ids) await phone.app.commands.noteOpened(id);
};
const signOut = async () => {
  const leaving = phone.app.signOut();
  await world.advance(5_000);
  await leaving;
};

describe("what was opened", () => {
  it("is told at once with coverage, once, and the key is absent otherwise", async () => {
    await open("r1");
    await world.advance(1_000);
    expect(server.opened).toEqual([["r1"]]);
    await open("r1");
    await phone.restart();
    await open("r1", "r2");
    await world.advance(120_000);
    expect(server.opened).toEqual([["r1"], ["r2"]]);
  });

  it("is told after the app was killed without coverage, and again when no answer came", async () => {
    phone.isOffline = true;
    await open("r1");
    await world.advance(5_000);
    await phone.restart();
    let lost = 1;
    network.faultFor = (request) => (request.opened && lost-- > 0 ? "drop_response" : null);
    phone.isOffline = false;
    phone.app.syncNow();
    await world.advance(120_000);
    expect(server.opened).toEqual([["r1"], ["r1"]]);
  });

  it("PL5 is told anew to a server that was put back", async () => {
    await open("r1");
    await world.advance(5_000);
    server.restore();
    phone.app.syncNow();
    await world.advance(120_000);
    expect(server.opened).toEqual([["r1"], ["r1"]]);
  });

  it("CL8 waits for the same user over a sign-out; what was told is forgotten", async () => {
    await open("r1");
    await world.advance(5_000);
    phone.isOffline = true;
    await open("r2");
    await signOut();
    phone.isOffline = false;
    await phone.signIn("demo2");
    await world.advance(60_000);
    expect(server.opened).toEqual([["r1"]]);
    await signOut();
    await phone.signIn("demo1");
    await world.advance(60_000);
    expect(server.opened).toEqual([["r1"], ["r2"]]);
  });

  it("goes fifty at a time, the first ones first", () => {
    const opened = Array.from({ length: 60 }, (_, n) => `r${n}`);
    expect(toTell({ opened, told: ["r0", "r2"] })).toEqual(["r1", ...opened.slice(3, 52)]);
  });
});
