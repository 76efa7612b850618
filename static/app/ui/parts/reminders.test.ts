// @vitest-environment happy-dom
/** PU15: a phone whose clock is off says so where one works, not only on *Synkstatus*. */
import { h, render } from "preact";
import { afterEach, expect, it, vi } from "vitest";
import { ModelServer } from "../../sync/testing/modelServer";
import { Network } from "../../sync/testing/network";
import { Phone } from "../../sync/testing/phone";
import { SeededRandom, World } from "../../sync/testing/virtualClock";
import { connect, type Parts } from "../state";
import { Reminders } from "./Reminders";

afterEach(() => render(null, document.body));

it.each([
  [-11, "Mobilens klocka går 11 minuter fel. Tiderna rättas, men ställ gärna klockan."],
  [9, ""],
])("PU15 a clock %d minutes off", async (minutes, words) => {
  const world = new World();
  const phone = new Phone(world, new Network(world, new ModelServer(() => world.time), new SeededRandom(1)), 1);
  phone.clock.wrongByMs = minutes * 60_000;
  await phone.open();
  await phone.signIn("demo1");
  phone.app.syncNow();
  await world.advance(10_000);
  expect(Math.abs(phone.app.status().clockOffsetS - minutes * 60)).toBeLessThan(5);
  connect({ app: phone.app, updates: { state: () => "none", onState: () => () => undefined }, platform: { ios: false, installed: true } } as unknown as Parts);
  render(h(Reminders, {}), document.body);
  await vi.waitFor(() => expect(document.body.textContent).toBe(words));
});
