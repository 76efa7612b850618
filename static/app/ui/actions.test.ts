/** What an action leaves in the queue, and in which order, on the real store. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Observation, Visit } from "../domain/records";
import { ModelServer } from "../sync/testing/modelServer";
import { Network } from "../sync/testing/network";
import { Phone } from "../sync/testing/phone";
import { SeededRandom, World } from "../sync/testing/virtualClock";
import { noteObservation } from "./actions";
import { connect, type Parts } from "./state";
import { undoNewest } from "./undo";

let world: World;
let server: ModelServer;
let phone: Phone;

beforeAll(() => {
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("navigator", { onLine: true });
});
afterAll(() => void vi.unstubAllGlobals());

beforeEach(async () => {
  world = new World();
  server = new ModelServer(() => world.time);
  phone = new Phone(world, new Network(world, server, new SeededRandom(1)), 1);
  await phone.open();
  await phone.signIn("demo1");
  connect({ app: phone.app, updates: { state: () => "none", onState: () => () => undefined }, platform: { ios: false, installed: true } } as unknown as Parts);
});

const sent = () => [...server.log.values()].map(({ mutation: { op, collection, fields } }) => [op, collection, fields] as const);
const inOrder = (from: number) => sent().slice(from).map(([op, collection]) => `${op} ${collection}`);

async function missedVisit(): Promise<string> {
  const { commands } = phone.app;
  const shift = await commands.create("shifts", { team_id: "team", district: "farsta", kind: "evening", started_at: "2026-11-23T18:00:00+01:00" });
  const id = await commands.create("visits", { shift_id: shift, outcome: "not_visited", not_visited_reason: "weather" } as Partial<Visit>);
  await world.advance(10_000);
  return id;
}

it("what was seen at a visit noted as not made goes after the visit, which was made; taken back, before it", async () => {
  const id = await missedVisit();
  const before = sent().length;
  expect(await noteObservation(phone.app.projection().get("visits", id)!, { topics: ["alcohol"] } as Partial<Observation>, {})).toBe(true);
  await world.advance(10_000);
  expect(inOrder(before)).toEqual(["update visits", "create observations"]);
  expect(sent()[before]![2]).toEqual({ outcome: "observed", not_visited_reason: null });
  await undoNewest();
  await world.advance(10_000);
  expect(inOrder(before + 2)).toEqual(["delete observations", "update visits"]);
});
