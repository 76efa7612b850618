/** The zone: every point of its edge is the radius away from the place, whatever shape the place has. */
import { expect, it } from "vitest";
import { centreOf, distanceM, distanceToGeometry } from "./here";
import { zoneOf } from "./zone";

const point = { type: "Point", coordinates: [18.09, 59.245] };
const square = { type: "Polygon", coordinates: [[[18.09, 59.245], [18.094, 59.245], [18.094, 59.247], [18.09, 59.247], [18.09, 59.245]]] };
const bent = { type: "Polygon", coordinates: [[[18.09, 59.245], [18.096, 59.245], [18.096, 59.2455], [18.0905, 59.2455], [18.0905, 59.248], [18.09, 59.248], [18.09, 59.245]]] };

it.each([["a point", point, 500], ["an area", square, 500], ["an area with a corner inwards", bent, 500], ["another radius", square, 120]])("around %s", (_, geometry, radius) => {
  const ring = zoneOf(geometry, radius);
  expect(ring.at(-1)).toEqual(ring[0]);
  const away = ring.map(([lon, lat]) => distanceToGeometry({ lat, lon }, geometry)!);
  expect(Math.max(...away)).toBeLessThanOrEqual(radius);
  expect(Math.min(...away)).toBeGreaterThan(radius - 2);
});

it("an area's zone reaches farther than a point's, by as much as its edge lies from its middle", () => {
  const middle = centreOf({ geometry: square })!;
  const reach = Math.max(...zoneOf(square, 500).map(([lon, lat]) => distanceM(middle, { lat, lon })));
  expect(reach).toBeGreaterThan(600);
});

it("what has no shape has no zone", () => expect(zoneOf({ type: "Nothing", coordinates: [] }, 500)).toEqual([]));
