/** What is to be seen on a map, and its GeoJSON: districts, places, a zone, moves, one's own position. Pure. */
import type { Position } from "../domain/here";
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
