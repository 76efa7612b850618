// @vitest-environment happy-dom
/** What *Karta* says of the basemap before, while and after it is kept, and what a second touch does not do. */
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { RESERVE_BYTES } from "../../domain/basemap";
import { basemap, type BasemapState } from "../basemap";
import { STILL_AFTER_MS } from "../still";
import { KeepBasemap } from "./KeepBasemap";

const base = (version: string, bytes: number) => ({ url: `/api/v1/basemap/${version}`, version, bytes, bounds: [17, 59, 19, 60] as [number, number, number, number], min_zoom: 0, max_zoom: 15, attribution: "© Demo" });
const OLD = base("0123456789abcdef", 80_000_000);
const NEW = base("fedcba9876543210", 84_300_000);
const use = (freeBytes: number) => ({ quotaBytes: freeBytes + 1000, usedBytes: 1000 });

async function says(state: Partial<BasemapState>): Promise<{ text: string; buttons: string[] }> {
  basemap.value = { kept: null, offered: null, use: null, doneBytes: null, why: null, ...state };
  await act(() => render(h(KeepBasemap, {}), document.body));
  return { text: document.body.textContent ?? "", buttons: [...document.querySelectorAll("button")].map((one) => one.textContent ?? "") };
}
afterEach(() => render(null, document.body));

describe("what is said of the basemap", () => {
  it("nothing where there is none", async () => expect(await says({})).toEqual({ text: "", buttons: [] }));
  it("its size before it is kept, and what is free", async () => {
    const { text, buttons } = await says({ offered: NEW, use: use(2_000_000_000) });
    expect(text).toContain("Bakgrundskartan är 84 MB.");
    expect(text).toContain("Ledigt på mobilen: 2 GB.");
    expect(buttons).toEqual(["Spara på mobilen (84 MB)"]);
    expect((await says({ offered: NEW })).buttons).toEqual(["Spara på mobilen (84 MB)"]);
  });
  it("that there is no room, and no button where there is none", async () => {
    const enough = NEW.bytes + RESERVE_BYTES;
    expect((await says({ offered: NEW, use: use(enough) })).buttons).toEqual(["Spara på mobilen (84 MB)"]);
    const { text, buttons } = await says({ offered: NEW, use: use(enough - 1) });
    expect([text.includes("Den får inte plats."), buttons]).toEqual([true, []]);
    expect((await says({ kept: OLD, offered: NEW, use: use(enough - 1) })).buttons).toEqual(["Ta bort från mobilen"]);
  });
  it("what is kept, without coverage too, and that there is a newer one", async () => {
    expect((await says({ kept: OLD })).text).toContain("Sparad på mobilen: 80 MB.");
    expect((await says({ kept: OLD, offered: OLD })).buttons).toEqual(["Ta bort från mobilen"]);
    expect((await says({ kept: OLD, offered: NEW })).buttons).toEqual(["Byt till den nyare (84 MB)", "Ta bort från mobilen"]);
  });
});

it("a second touch on *Spara* does not break off what it began; after a moment it does, on the same button", async () => {
  await says({ offered: NEW });
  await new Promise((done) => setTimeout(done, STILL_AFTER_MS + 50));
  const button = document.querySelector("button")!;
  const { text } = await says({ offered: NEW, doneBytes: 2_100_000 });
  expect(text).toContain("Hämtar 2,1 MB av 84 MB.");
  expect([document.querySelector("button") === button, button.textContent]).toEqual([true, "Avbryt hämtningen"]);
  const touch = () => button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
  expect(touch()).toBe(false);
  await new Promise((done) => setTimeout(done, STILL_AFTER_MS + 50));
  expect(touch()).toBe(true);
});
