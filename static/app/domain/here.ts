/**
 * Where one is: distances, the nearest place to one fix, the rounding of an emerging place. The fix
 * is used and thrown away by the caller; nothing here keeps it. Metres, degrees WGS 84.
 */
import type { Site } from "./records";

export interface Position {
  lat: number;
  lon: number;
}
type Point = readonly [lon: number, lat: number];

const EARTH_RADIUS_M = 6_371_008.8;
const LAT_GRID = 10_000; // steps per degree: about 11 m
const LON_GRID = 5_000; // about 12 m at 59° N

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Return the great-circle distance (haversine). */
export function distanceM(a: Position, b: Position): number {
  const half = Math.sin(radians(b.lat - a.lat) / 2) ** 2
    + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Return the site nearest to the fix with its distance; inside an area the distance is 0. */
export function nearestSite<S extends Pick<Site, "geometry">>(fix: Position, sites: readonly S[]): { site: S; distance_m: number } | null {
  let best: { site: S; distance_m: number } | null = null;
  for (const site of sites) {
    const distance_m = distanceToGeometry(fix, site.geometry);
    if (distance_m !== null && Number.isFinite(distance_m) && (best === null || distance_m < best.distance_m)) best = { site, distance_m };
  }
  return best;
}

/** Return the middle of a point or area; null when the geometry is neither. */
export function centreOf({ geometry }: Pick<Site, "geometry">): Position | null {
  const points = pointsOf(geometry.coordinates);
  if (points.length === 0) return null;
  const sum = points.reduce((acc, [lon, lat]) => ({ lat: acc.lat + lat, lon: acc.lon + lon }), { lat: 0, lon: 0 });
  return { lat: sum.lat / points.length, lon: sum.lon / points.length };
}

/** Round a place to the grid in which it may leave the phone (X31). */
export function roundPlace({ lat, lon }: Position): Position {
  return { lat: Math.round(lat * LAT_GRID) / LAT_GRID, lon: Math.round(lon * LON_GRID) / LON_GRID };
}

/** Say whether a label names a place: blanks don't, nor what has no shape of its own (the joiner, the soft hyphen). */
export const isLabel = (text: string): boolean => /[^\s\p{Cf}]/u.test(text);

function pointsOf(coordinates: unknown): Point[] {
  if (!Array.isArray(coordinates)) return [];
  const [first, second] = coordinates as unknown[];
  if (typeof first === "number" && typeof second === "number") return [[first, second]];
  return coordinates.flatMap(pointsOf);
}

/** Return the distance to a point or to an area (inside it 0); null when the geometry is neither. */
export function distanceToGeometry(fix: Position, geometry: Site["geometry"]): number | null {
  const { type, coordinates } = geometry;
  if (type === "Point") return distanceToPoint(fix, coordinates as Point);
  const polygons = type === "Polygon" ? [coordinates as Point[][]] : type === "MultiPolygon" ? (coordinates as Point[][][]) : [];
  const distances = polygons.map((rings) => (isInside(fix, rings) ? 0 : Math.min(...rings.map((ring) => distanceToRing(fix, ring)))));
  return distances.length > 0 ? Math.min(...distances) : null;
}

const distanceToPoint = (fix: Position, [lon, lat]: Point): number => distanceM(fix, { lat, lon });

/** The nearest point of a side is found in a flat frame around the fix: exact enough within a city. */
function distanceToRing(fix: Position, ring: readonly Point[]): number {
  const squeeze = Math.cos(radians(fix.lat));
  const flat = ring.map(([lon, lat]) => [(lon - fix.lon) * squeeze, lat - fix.lat] as const);
  let nearest = Infinity;
  for (let at = 1; at < flat.length; at++) {
    const [ax, ay] = flat[at - 1]!;
    const [dx, dy] = [flat[at]![0] - ax, flat[at]![1] - ay];
    const length2 = dx * dx + dy * dy;
    const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
    nearest = Math.min(nearest, Math.hypot(ax + along * dx, ay + along * dy));
  }
  return radians(nearest) * EARTH_RADIUS_M;
}

/** Even-odd rule over all rings, so that holes count. */
function isInside({ lat, lon }: Position, rings: readonly (readonly Point[])[]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at++) {
      const [ax, ay] = ring[at - 1]!;
      const [bx, by] = ring[at]!;
      if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}
