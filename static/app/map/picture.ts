/** What is to be seen on a map, and its GeoJSON: districts, places, a zone, moves, one's own position. Pure. */
import { distanceM, distanceToGeometry, type Position } from "../domain/here";
import type { Look, Sign } from "./looks";

export interface Geometry {
  type: string;
  coordinates: unknown;
}

export interface Place {
  id: string;
  name: string;
  look: Look;
  at: Position;
  /** Its extent, where it is an area. */
  area?: Geometry | undefined;
  signs: readonly Sign[];
}

export interface Outline {
  name: string;
  geometry: Geometry;
}

export interface Move {
  from: Position;
  to: Position;
}

export interface Picture {
  places: readonly Place[];
  outlines: readonly Outline[];
  moves?: readonly Move[];
  chosen?: string | null;
  /** The ring of the zone around the chosen place, longitude first. */
  zone?: readonly [number, number][];
  /** One's own position, asked for; it goes with the picture. */
  own?: Position | null;
}

interface Feature {
  type: "Feature";
  geometry: Geometry;
  properties: Record<string, string | number | boolean>;
}
export interface Features {
  type: "FeatureCollection";
  features: Feature[];
}
export const SOURCES = ["districts", "zone", "areas", "moves", "places", "own"] as const;
export type Source = (typeof SOURCES)[number];

const point = ({ lat, lon }: Position): Geometry => ({ type: "Point", coordinates: [lon, lat] });
const feature = (geometry: Geometry, properties: Feature["properties"] = {}): Feature => ({ type: "Feature", geometry, properties });
const collected = (features: Feature[]): Features => ({ type: "FeatureCollection", features });

export function featuresOf({ places, outlines, moves = [], chosen = null, zone = [], own = null }: Picture): Record<Source, Features> {
  const areas = places.flatMap(({ area, look }) => (area && area.type !== "Point" ? [feature(area, { look })] : []));
  return {
    districts: collected(outlines.map(({ geometry, name }) => feature(geometry, { name }))),
    zone: collected(zone.length > 0 ? [feature({ type: "Polygon", coordinates: [zone] })] : []),
    areas: collected(areas),
    moves: collected(moves.map(({ from, to }) => feature({ type: "LineString", coordinates: [[from.lon, from.lat], [to.lon, to.lat]] }))),
    places: collected(places.map(({ id, look, at, signs }) => feature(point(at), { id, look, chosen: id === chosen, visited: signs.includes("visited"), warning: signs.find((sign) => sign !== "visited") ?? "" }))),
    own: collected(own ? [feature(point(own))] : []),
  };
}

/** West, south, east, north of everything; null of nothing. */
export function boundsOf(geometries: readonly Geometry[]): [number, number, number, number] | null {
  let bounds: [number, number, number, number] | null = null;
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part as unknown[];
    if (typeof lon !== "number" || typeof lat !== "number") return part.forEach(walk);
    const [west, south, east, north] = bounds ?? [lon, lat, lon, lat];
    bounds = [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)];
  };
  for (const { coordinates } of geometries) walk(coordinates);
  return bounds;
}

export const placeBounds = (places: readonly Pick<Place, "at" | "area">[]): [number, number, number, number] | null =>
  boundsOf(places.map(({ at, area }) => area ?? point(at)));

/** What one looks at: the chosen place with its zone, and oneself; null of neither. */
export function focusOf({ places, chosen, zone = [], own }: Picture): [number, number, number, number] | null {
  const place = places.find(({ id }) => id === chosen);
  const ring: Geometry[] = zone.length > 0 ? [{ type: "LineString", coordinates: zone }] : [];
  return boundsOf([...ring, ...(place ? [place.area ?? point(place.at)] : []), ...(own ? [point(own)] : [])]);
}

const STEPS = [0.25, 0.375, 0.5, 0.625, 0.75];

/** Where a district's name hides least: of some spots inside of it the one farthest from every place. */
export function nameSpot(geometry: Geometry, places: readonly Place[]): Position | null {
  const bounds = boundsOf([geometry]);
  if (!bounds) return null;
  const [west, south, east, north] = bounds;
  let best: { spot: Position; away: number } | null = null;
  for (const up of STEPS) {
    for (const along of STEPS) {
      const spot = { lat: south + (north - south) * up, lon: west + (east - west) * along };
      if (distanceToGeometry(spot, geometry) !== 0) continue;
      const away = Math.min(...places.map(({ at }) => distanceM(spot, at)), distanceM(spot, { lat: spot.lat, lon: west }) * 2, distanceM(spot, { lat: spot.lat, lon: east }) * 2);
      if (!best || away > best.away) best = { spot, away };
    }
  }
  return best?.spot ?? null;
}

export interface Label {
  /** Its middle, and its size, in pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
}
const MARK_PX = 8; // from the middle of a mark to where its shape can be told

/** Which names are to be seen: one that would lie over a mark, or over a name before it, gives way. */
export function labelsThatFit(labels: readonly Label[], marks: readonly { x: number; y: number }[]): boolean[] {
  const shown: Label[] = [];
  return labels.map((label) => {
    const near = (x: number, y: number, width: number, height: number) => Math.abs(label.x - x) < (label.width + width) / 2 && Math.abs(label.y - y) < (label.height + height) / 2;
    const fits = !marks.some(({ x, y }) => near(x, y, 2 * MARK_PX, 2 * MARK_PX)) && !shown.some(({ x, y, width, height }) => near(x, y, width, height));
    if (fits) shown.push(label);
    return fits;
  });
}
