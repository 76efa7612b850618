/**
 * The map of an office page: draws what the page's own list says, where the browser can. The page gives places, moves
 * and words in its attributes; the districts' outlines and the basemap are the API's. Without this script the page lacks nothing.
 */
import type { Position } from "../app/domain/here";
import { zoneOf } from "../app/domain/zone";
import type { Drawing } from "../app/map/drawing";
import { LOOKS, MARKS, SIGNS, type Look, type Sign } from "../app/map/looks";
import sheet from "../app/map/map.css?url";
import { focusOf, placeBounds, type Move, type Outline, type Picture, type Place } from "../app/map/picture";
import { linkSheet } from "../app/map/sheet";
import { element } from "./element";
import { ownPosition } from "./own";

interface Given {
  places: (Place & { href: string | null })[];
  moves: Move[];
  radius_m: number;
}
type Words = Parameters<typeof ownPosition>[1] & Record<Look | Sign | "show" | "name" | "how_to" | "cannot_draw" | "zoom_in" | "zoom_out" | "legend" | "moves" | "zone", string>;

const SVG = "http://www.w3.org/2000/svg";

function mark(of: keyof typeof MARKS): SVGElement {
  const { shape, detail, fill, line } = MARKS[of];
  const drawn = document.createElementNS(SVG, "svg");
  const path = (d: string, inside: string, width: string) => {
    const one = document.createElementNS(SVG, "path");
    for (const [key, value] of Object.entries({ d, fill: inside, stroke: `var(--${line})`, "stroke-width": width })) one.setAttribute(key, value);
    drawn.append(one);
  };
  for (const [key, value] of Object.entries({ class: "mark", viewBox: "0 0 24 24", "aria-hidden": "true" })) drawn.setAttribute(key, value);
  path(shape, `var(--${fill})`, "2");
  if (detail) path(detail, "none", "2.5");
  return drawn;
}

async function outlines(): Promise<Outline[]> {
  const answer = await fetch("/api/v1/districts.geojson");
  if (!answer.ok) return [];
  const { features } = (await answer.json()) as { features: { geometry: Outline["geometry"]; properties: { name: string } }[] };
  return features.map(({ geometry, properties }) => ({ geometry, name: properties.name }));
}

function legend(given: Given, words: Words): HTMLElement {
  const has = (one: Look | Sign) => given.places.some(({ look, signs }) => look === one || signs.includes(one as Sign));
  const lines = [...LOOKS, ...SIGNS].filter(has).map((one) => element("li", {}, mark(one), words[one]));
  if (given.moves.length > 0) lines.push(element("li", {}, mark("arrow"), words.moves));
  return element("ul", { class: "legend", "aria-label": words.legend }, ...lines);
}

/** Draw into the box; returns what shows and hides one's own position. */
async function open(box: HTMLElement, given: Given, words: Words, number: number): Promise<(own: Position | null) => void> {
  const id = `map-how-to-${number}`;
  const canvas = element("div", { class: "map-box" });
  const chosen = element("p", { role: "status" });
  const frame = element("div", { class: "map" }, canvas);
  box.replaceChildren(frame, chosen, element("p", { class: "unseen", id }, words.how_to), legend(given, words));
  let picture: Picture = { places: given.places, moves: given.moves, outlines: await outlines().catch(() => []) };
  let drawing: Drawing | null = null;
  const choose = (which: string | null) => {
    const place = given.places.find((one) => one.id === which);
    const hasZone = place && place.look !== "school" && place.look !== "new";
    const geometry = place && (place.area ?? { type: "Point", coordinates: [place.at.lon, place.at.lat] });
    picture = { ...picture, chosen: which, zone: hasZone && geometry ? zoneOf(geometry, given.radius_m) : [] };
    drawing?.show(picture);
    if (place) drawing?.see(focusOf(picture));
    chosen.replaceChildren(...(place ? [place.href ? element("a", { href: place.href }, place.name) : place.name, hasZone ? `. ${words.zone}` : ""] : []));
  };
  const { draw } = await import("../app/map/drawing");
  drawing = await draw(canvas, picture, { title: words.name, describedBy: id }, choose);
  drawing.see(placeBounds(given.places));
  const button = (label: string, sign: string, by: 1 | -1) => {
    const made = element("button", { type: "button", "aria-label": label }, sign);
    made.addEventListener("click", () => drawing?.zoom(by));
    return made;
  };
  frame.append(element("div", { class: "map-zoom" }, button(words.zoom_in, "+", 1), button(words.zoom_out, "−", -1)));
  void layGround(drawing, frame).catch(() => undefined); // a map without it says the same
  return (own) => {
    picture = { ...picture, own };
    drawing.show(picture);
    if (own) drawing.see(focusOf(picture));
  };
}

/** Lays the basemap below, where there is one, read in ranges and kept by nobody; whom to credit stands there as long as it does. */
async function layGround(drawing: Drawing, frame: HTMLElement): Promise<void> {
  const { basemapLine } = await import("../app/transport/basemap");
  const line = basemapLine({
    fetch: (input, init) => fetch(input, init), storageUse: () => Promise.resolve(null),
    clock: { setTimeout: (run, ms) => setTimeout(run, ms), clearTimeout: (timer) => clearTimeout(timer as number) },
  });
  const ground = await line.offered();
  if (!ground) return;
  const credit = element("p", { class: "map-credit" }, ground.attribution);
  await drawing.underlay(ground, line.range, () => credit.remove());
  frame.append(credit);
}

document.querySelectorAll<HTMLElement>("[data-map]").forEach((box, number) => {
  const given = JSON.parse(box.dataset["map"] ?? "") as Given;
  const words = JSON.parse(box.dataset["words"] ?? "") as Words;
  const begin = () => {
    const drawn = linkSheet(sheet)
      .then(() => open(box, given, words, number))
      .catch(() => void box.replaceChildren(element("p", { class: "notice", role: "status" }, words.cannot_draw)));
    if ("own" in box.dataset) box.after(ownPosition(given.places, words, (own) => void drawn.then((show) => show?.(own))));
  };
  if ("open" in box.dataset) return begin();
  const show = element("button", { type: "button" }, words.show);
  show.addEventListener("click", () => begin(), { once: true });
  box.append(show);
});
