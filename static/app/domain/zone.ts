/** The zone around a place: everything within so many metres of it, as it is seen from its middle. Degrees WGS 84. */
import { centreOf, distanceToGeometry, type Position } from "./here";
import type { Site } from "./records";

type Geometry = Site["geometry"];

const DIRECTIONS = 72;
const METRES_A_DEGREE = 111_195;
const PRECISION_M = 0.5;

/**
 * Return the zone's ring, longitude first and closed; empty where the geometry has no distance. An area is measured
 * from its edge, as nearness is (figures.md). In each direction the edge is the farthest point within the radius.
 */
export function zoneOf(geometry: Geometry, radiusM: number): [number, number][] {
  const middle = centreOf({ geometry });
  if (!middle || distanceToGeometry(middle, geometry) === null) return [];
  const farthest = radiusM + reachOf(geometry, middle);
  const ring = Array.from({ length: DIRECTIONS }, (_, at) => {
    const { lat, lon } = edgeAt(geometry, middle, (2 * Math.PI * at) / DIRECTIONS, radiusM, farthest);
    return [lon, lat] as [number, number];
  });
  return [...ring, ring[0]!];
}

/** From outside inwards until something is near enough, then halved to half a metre. */
function edgeAt(geometry: Geometry, middle: Position, angle: number, radiusM: number, farthestM: number): Position {
  const isWithin = (metres: number): boolean => (distanceToGeometry(moved(middle, angle, metres), geometry) ?? Infinity) <= radiusM;
  const step = Math.max(1, radiusM / 10);
  let out = farthestM + step;
  let inside = out;
  while (inside > 0 && !isWithin(inside)) [out, inside] = [inside, Math.max(0, inside - step)];
  while (out - inside > PRECISION_M) {
    const half = (inside + out) / 2;
    if (isWithin(half)) inside = half;
    else out = half;
  }
  return moved(middle, angle, inside);
}

function moved({ lat, lon }: Position, angle: number, metres: number): Position {
  const squeeze = Math.cos((lat * Math.PI) / 180);
  return { lat: lat + (metres * Math.cos(angle)) / METRES_A_DEGREE, lon: lon + (metres * Math.sin(angle)) / (METRES_A_DEGREE * squeeze) };
}

/** No corner lies farther from the middle than this, and so no point of the area. */
function reachOf({ coordinates }: Geometry, middle: Position): number {
  const corners: number[] = [];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part as unknown[];
    if (typeof lon === "number" && typeof lat === "number") corners.push(distanceToGeometry(middle, { type: "Point", coordinates: [lon, lat] }) ?? 0);
    else part.forEach(walk);
  };
  walk(coordinates);
  return Math.max(0, ...corners);
}
