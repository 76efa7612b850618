/**
 * One's own position on a page's map, when asked for: one fix, kept in this page's memory until it is hidden or the page
 * is left, sent nowhere. The rows of the page's list say how far away their places are.
 */
import { distanceToGeometry, type Position } from "../app/domain/here";
import type { Place } from "../app/map/picture";
import { positionNow, type Fix } from "../app/ui/position";
import { element } from "./element";

type Words = Record<Exclude<Fix["kind"], "fix"> | "my_position" | "hide_position" | "own_position" | "away", string>;
type Listed = Pick<Place, "at" | "area"> & { href: string | null };

/** Return the button with what it says; `show` is told of each change. */
export function ownPosition(places: readonly Listed[], words: Words, show: (own: Position | null) => void): HTMLElement {
  let own: Position | null = null;
  let isAsking = false;
  const button = element("button", { type: "button" }, words.my_position);
  const said = element("p", { role: "status" });
  const set = (next: Position | null) => {
    own = next;
    button.textContent = own ? words.hide_position : words.my_position;
    said.replaceChildren(...(own ? [element("span", { class: "own-mark", "aria-hidden": "true" }), words.own_position] : []));
    sayHowFar(own, places, words.away);
    show(own);
  };
  button.addEventListener("click", async () => {
    if (isAsking) return;
    if (own) return set(null);
    isAsking = true;
    const fix = await positionNow();
    isAsking = false;
    if (fix.kind === "fix") set(fix.position);
    else said.textContent = words[fix.kind];
  });
  return element("div", { class: "map-own" }, button, said);
}

function sayHowFar(own: Position | null, places: readonly Listed[], away: string): void {
  for (const said of document.querySelectorAll(".away")) said.remove();
  if (!own) return;
  for (const { at, area, href } of places) {
    const row = href && document.getElementById(href.slice(1));
    const metres = distanceToGeometry(own, area ?? { type: "Point", coordinates: [at.lon, at.lat] });
    if (!row || metres === null) continue;
    (row.querySelector("th") ?? row).append(element("span", { class: "away" }, ` ${away.replace("{n}", String(Math.round(metres)))}`));
  }
}
