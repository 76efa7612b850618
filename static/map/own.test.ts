// @vitest-environment happy-dom
/** One's own position at the desk's map: asked for once, said in the list, gone again, and refused in words. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { ownPosition } from "./own";

const WORDS = { my_position: "Min position", hide_position: "Dölj position", own_position: "Din position", away: "{n} m bort", denied: "Får inte", unavailable: "Hittade ingen", vague: "För osäker" };
const HERE = { lat: 59.24, lon: 18.09 };
const SQUARE = { type: "Polygon", coordinates: [[[18, 59], [19, 59], [19, 60], [18, 60], [18, 59]]] };
const PLACES = [{ at: { lat: 59.241, lon: 18.09 }, href: "#place-a" }, { at: HERE, area: SQUARE, href: "#school-1" }, { at: HERE, href: "#gone" }, { at: HERE, href: null }];

/** A page with the button; `answer` is what the browser answers when it is asked where one is. */
function page(answer: (found: PositionCallback, not: PositionErrorCallback) => void) {
  const getCurrentPosition = vi.fn(answer);
  vi.stubGlobal("navigator", { geolocation: { getCurrentPosition } });
  document.body.innerHTML = '<table><tr id="place-a"><th>Demo A</th><td>–</td></tr></table><ul><li id="school-1">Demo skola</li></ul>';
  const shown: unknown[] = [];
  document.body.append(ownPosition(PLACES, WORDS, (own) => shown.push(own)));
  const button = document.querySelector("button")!;
  const press = async () => (button.click(), await new Promise((done) => setTimeout(done)));
  return { button, press, shown, getCurrentPosition, said: () => document.querySelector("[role=status]")!.textContent, rows: () => ["place-a", "school-1"].map((id) => document.getElementById(id)!.textContent) };
}
const found = (accuracy: number) => (done: PositionCallback) => done({ coords: { latitude: HERE.lat, longitude: HERE.lon, accuracy } } as GeolocationPosition);

afterEach(() => vi.unstubAllGlobals());

describe("own position", () => {
  it("is one fix, said at each row that has a place, and hidden again without asking", async () => {
    const { button, press, shown, getCurrentPosition, said, rows } = page(found(20));
    expect(getCurrentPosition).not.toHaveBeenCalled();
    await press();
    expect(shown).toEqual([HERE]);
    expect([button.textContent, said()]).toEqual(["Dölj position", "Din position"]);
    expect(rows()).toEqual(["Demo A 111 m bort–", "Demo skola 0 m bort"]);
    await press();
    expect(shown).toEqual([HERE, null]);
    expect([button.textContent, said()]).toEqual(["Min position", ""]);
    expect(rows()).toEqual(["Demo A–", "Demo skola"]);
    expect(getCurrentPosition).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["Får inte", (_: PositionCallback, not: PositionErrorCallback) => not({ code: 1, PERMISSION_DENIED: 1 } as GeolocationPositionError)],
    ["Hittade ingen", (_: PositionCallback, not: PositionErrorCallback) => not({ code: 3, PERMISSION_DENIED: 1 } as GeolocationPositionError)],
    ["För osäker", found(900)],
  ])("that is not to be had is said: %s", async (words, answer) => {
    const { press, shown, said, rows } = page(answer);
    await press();
    expect([said(), shown]).toEqual([words, []]);
    expect(rows()).toEqual(["Demo A–", "Demo skola"]);
  });
});
