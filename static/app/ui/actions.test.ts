/** What an action leaves in the queue, and in which order, on the real store. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Observation, Visit } from "../domain/records";
import { noteObservation } from "./actions";
import { connectedPhone, type Connected } from "./testing/connected";
import { undoNewest } from "./undo";

let { world, server, phone } = {} as Connected;

beforeAll(() => {
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("navigator", { onLine: true });
});
afterAll(() => void vi.unstubAllGlobals());

beforeEach(async () => {
  ({ world, server, phone } = await connectedPhone());
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
