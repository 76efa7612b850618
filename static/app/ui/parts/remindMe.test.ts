// @vitest-environment happy-dom
/** *Påminn mig*: on this phone alone, also after a restart, until it is taken away; and it says that no alarm is sent. */
import { h, render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { remindAt, restoreReminder } from "../reminder";
import { begin, connectedPhone, type Connected } from "../testing/connected";
import { RemindMe } from "./RemindMe";
import { Screen } from "./Screen";

let { world, phone } = {} as Connected;

beforeEach(async () => {
  ({ world, phone } = await connectedPhone());
  await restoreReminder();
});
afterEach(() => render(null, document.body));

const shown = (title = "Passet") => render(h(Screen, { title, children: h(RemindMe, {}) }), document.body);
const tap = (words: string) => [...document.querySelectorAll("button")].find((one) => one.textContent?.startsWith(words))!.click();

it("comes at its time on whatever screen, after a restart too, buzzes once, and is gone once it is done", async () => {
  shown();
  expect(document.body.textContent).toContain("Inget larm skickas till någon.");
  tap("Om 30 min");
  await vi.waitFor(() => expect(document.body.textContent).toContain("Påminner"));
  await vi.waitFor(async () => expect(await phone.app.commands.readDraft("reminder")).toBeDefined());
  const sent = world.time;
  await phone.restart();
  begin(phone);
  render(null, document.body);
  remindAt.value = null;
  await restoreReminder();
  shown();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Påminner"));
  expect(document.body.textContent).not.toContain("stäm av");
  await world.advance(31 * 60_000);
  expect(world.time).toBeGreaterThan(sent);
  const buzzes = vi.fn();
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator) as Navigator, { vibrate: buzzes }));
  for (const title of ["Ny iakttagelse", "Utsättning"]) {
    render(null, document.body);
    shown(title);
    await vi.waitFor(() => expect(document.querySelector("footer")?.textContent).toContain("Påminnelse: stäm av med varandra."));
  }
  await vi.waitFor(() => expect(buzzes).toHaveBeenCalledTimes(1));
  vi.unstubAllGlobals();
  tap("Klart");
  await vi.waitFor(() => expect(document.body.textContent).not.toContain("stäm av"));
  await vi.waitFor(async () => expect(await phone.app.commands.readDraft("reminder")).toBeUndefined());
});
