/**
 * Draws a picture with MapLibre. With what it lays below (`underlay.ts`) the only one that knows the library: loaded
 * when a map is first opened, and kept by the worker with its own worker and style sheet, which are files of this build
 * (traps 7 and 8).
 */
import { Map as MapLibre, Marker, ScaleControl, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import sheet from "maplibre-gl/dist/maplibre-gl.css?url";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Basemap } from "../domain/basemap";
import type { Position } from "../domain/here";
import { coloursNow, imageOf, MARKS } from "./looks";
import { featuresOf, labelsThatFit, nameSpot, SOURCES, type Picture } from "./picture";
import { linkSheet } from "./sheet";
import { styleOf } from "./style";
import { Underlay, type ReadBytes } from "./underlay";

export interface Words {
  title: string;
  /** The id of the text that says how the map is used. */
  describedBy: string;
}

export interface Drawing {
  show(picture: Picture): void;
  /** Moves the view to west, south, east, north. */
  see(bounds: [number, number, number, number] | null): void;
  zoom(by: 1 | -1): void;
  /** As `Underlay.lay`. */
  underlay(basemap: Basemap, read: ReadBytes, onLost: () => void): Promise<boolean>;
  remove(): void;
}

const PIXELS = 56;
const PATIENCE_MS = 20_000;
const FINGER_PX = 28;
const NEAR_MIDDLE_PX = 80;
const NEAR_ZOOM = 14;
const NIGHT = "(prefers-color-scheme: dark)";

setWorkerUrl(worker);

/** Draw into a box. Rejects where the browser can't draw, or where it takes longer than anybody waits. */
export async function draw(box: HTMLElement, first: Picture, words: Words, onChoose: (id: string | null) => void): Promise<Drawing> {
  await linkSheet(sheet);
  let picture = first;
  const map = new MapLibre({
    container: box, style: styleOf(coloursNow(), featuresOf(picture)), attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, fadeDuration: 0, minZoom: 8, maxZoom: 18, center: [18.06, 59.31], zoom: 9, locale: { "Map.Title": words.title },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 96 }), "bottom-left");
  map.getCanvas().setAttribute("aria-describedby", words.describedBy);
  map.on("style.load", () => {
    for (const [name, mark] of Object.entries(MARKS)) map.addImage(name, imageOf(mark, coloursNow(), PIXELS), { pixelRatio: 2 });
  });
  const underlay = new Underlay(map);
  const names = new Names(map);
  names.show(picture);

  const pick = (x: number, y: number, within: number) => onChoose(nearest(map, picture, x, y, within));
  map.on("click", ({ point }) => pick(point.x, point.y, FINGER_PX));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") pick(box.clientWidth / 2, box.clientHeight / 2, NEAR_MIDDLE_PX);
  });

  // Colour by colour: a style set anew would blank the map until its sources are read again.
  const recolour = () => {
    const colours = coloursNow();
    for (const { id, paint } of underlay.layers(colours)) for (const [name, value] of Object.entries(paint ?? {})) map.setPaintProperty(id, name as never, value as never);
    for (const [name, mark] of Object.entries(MARKS)) map.updateImage(name, imageOf(mark, colours, PIXELS));
  };
  const chosenTheme = new MutationObserver(recolour);
  chosenTheme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const night = matchMedia(NIGHT);
  night.addEventListener("change", recolour);
  const remove = () => {
    chosenTheme.disconnect();
    night.removeEventListener("change", recolour);
    underlay.forget();
    map.remove();
  };

  await loaded(map).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    show(next) {
      picture = next;
      const data = featuresOf(picture);
      for (const source of SOURCES) void map.getSource<GeoJSONSource>(source)?.setData(data[source] as never);
      names.show(picture);
    },
    see: (bounds) => void (bounds && map.fitBounds(bounds, { padding: 40, maxZoom: NEAR_ZOOM, animate: false })),
    underlay: (basemap, read, onLost) => underlay.lay(basemap, coloursNow, read, onLost),
    zoom: (by) => void map.easeTo({ zoom: map.getZoom() + by, duration: 150 }),
    remove,
  };
}

function loaded(map: MapLibre): Promise<void> {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("the map is not drawn in time")), PATIENCE_MS);
    map.once("load", () => (clearTimeout(late), done()));
  });
}

/** The place nearest to a spot; a school gives way to a site that is about as near. */
function nearest(map: MapLibre, { places }: Picture, x: number, y: number, within: number): string | null {
  let best: { id: string; px: number } | null = null;
  for (const { id, look, at } of places) {
    const spot = map.project([at.lon, at.lat]);
    const px = Math.hypot(spot.x - x, spot.y - y);
    const weighed = look === "school" ? px + FINGER_PX / 3 : px;
    if (px <= within && (!best || weighed < best.px)) best = { id, px: weighed };
  }
  return best?.id ?? null;
}

/** Names as text of the page: those of the districts where they lie over nothing, and of the chosen place. The list says them too. */
class Names {
  readonly #map: MapLibre;
  #places: Picture["places"] = [];
  #districts: Marker[] = [];
  #chosen: Marker | null = null;
  #shown = "";

  constructor(map: MapLibre) {
    this.#map = map;
    map.on("zoomend", () => this.#giveWay());
    map.on("resize", () => this.#giveWay());
  }

  show({ outlines, places, chosen }: Picture): void {
    const place = places.find(({ id }) => id === chosen);
    const isAlike = places === this.#places;
    const shown = [place?.name ?? "", ...outlines.map(({ name }) => name)].join("\n");
    this.#places = places;
    if (shown !== this.#shown) {
      this.#shown = shown;
      for (const marker of this.#districts) marker.remove();
      this.#chosen?.remove();
      this.#districts = outlines.flatMap(({ name, geometry }) => {
        const spot = nameSpot(geometry, places);
        return spot ? [this.#text(name, "map-district", spot, "center")] : [];
      });
      this.#chosen = place ? this.#text(place.name, "map-chosen", place.at, "bottom") : null;
    } else if (isAlike) return;
    this.#giveWay();
  }

  #giveWay(): void {
    const labels = this.#districts.map((marker) => {
      const { offsetWidth: width, offsetHeight: height } = marker.getElement();
      return { ...this.#map.project(marker.getLngLat()), width, height };
    });
    const fit = labelsThatFit(labels, this.#places.map(({ at }) => this.#map.project([at.lon, at.lat])));
    for (const [n, marker] of this.#districts.entries()) marker.getElement().classList.toggle("gives-way", !fit[n]);
  }

  #text(text: string, look: string, { lat, lon }: Position, anchor: "center" | "bottom"): Marker {
    const element = document.createElement("span");
    element.className = look;
    element.textContent = text;
    element.setAttribute("aria-hidden", "true");
    const offset: [number, number] = anchor === "bottom" ? [0, -26] : [0, 0];
    return new Marker({ element, anchor, offset }).setLngLat([lon, lat]).addTo(this.#map);
  }
}
