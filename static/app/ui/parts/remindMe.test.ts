// @vitest-environment happy-dom
/** *Påminn mig*: on this phone alone, also after a restart, until it is taken away; and it says that no alarm is sent. */
import { h, render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { restoreReminder } from "../reminder";
import { begin, connectedPhone, type Connected } from "../testing/connected";
import { RemindMe } from "./RemindMe";
import { Reminders } from "./Reminders";

let { world, phone } = {} as Connected;

beforeEach(async () => {
  ({ world, phone } = await connectedPhone());
  await restoreReminder();
});
afterEach(() => render(null, document.body));

const shown = () => render(h("div", {}, h(Reminders, {}), h(RemindMe, {})), document.body);
const tap = (words: string) => [...document.querySelectorAll("button")].find((one) => one.textContent?.startsWith(words))!.click();

it("comes at its time, after a restart too, and is gone once it is done", async () => {
  shown();
  expect(document.body.textContent).toContain("Inget larm skickas till någon.");
  tap("Om 30 min");
  await vi.waitFor(() => expect(document.body.textContent).toContain("Påminner"));
  await vi.waitFor(async () => expect(await phone.app.commands.readDraft("reminder")).toBeDefined());
  const sent = world.time;
  await phone.restart();
  begin(phone);
  render(null, document.body);
  shown();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Påminner"));
  expect(document.body.textContent).not.toContain("stäm av");
  await world.advance(31 * 60_000);
  expect(world.time).toBeGreaterThan(sent);
  render(null, document.body);
  shown();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Påminnelse: stäm av med varandra."));
  tap("Klart");
  await vi.waitFor(() => expect(document.body.textContent).not.toContain("stäm av"));
  await vi.waitFor(async () => expect(await phone.app.commands.readDraft("reminder")).toBeUndefined());
});
