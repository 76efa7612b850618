/**
 * What a basemap looks like: land, green, water, houses and roads of the Protomaps schema 4, quiet enough that marks stay
 * the loudest. No labels: there are no glyphs. Knows no map library.
 */
import type { LayerSpecification } from "maplibre-gl";
import type { Colours } from "./looks";

export const GROUND = "ground";
/** How much of the roads' colour houses have. */
export const HOUSES = 0.5;

const GREEN = [
  "park", "nature_reserve", "national_park", "protected_area", "forest", "wood", "grass", "grassland", "meadow", "scrub", "cemetery", "golf_course", "garden", "allotments",
  "recreation_ground", "village_green", "playground", "pitch",
];
const ROUND = { "line-cap": "round", "line-join": "round" };
const polygon = ["==", ["geometry-type"], "Polygon"];
const stretch = ["==", ["geometry-type"], "LineString"];
const kind = (...kinds: string[]) => ["match", ["get", "kind"], kinds, true, false];
/** Pixels by zoom, growing as the map does. */
const wide = (...stops: number[]) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops];

export function groundLayers({ surface, green, water, line }: Colours): LayerSpecification[] {
  const road = (id: string, filter: unknown, width: unknown, more: object = {}) => ({
    id: `ground-${id}`, type: "line", source: GROUND, "source-layer": "roads", filter, layout: ROUND, paint: { "line-color": line, "line-width": width, ...more },
  });
  const area = (id: string, layer: string, filter: unknown, colour: string, minzoom = 0, more: object = {}) => ({
    id: `ground-${id}`, type: "fill", source: GROUND, "source-layer": layer, minzoom, filter, paint: { "fill-color": colour, ...more },
  });
  const layers: unknown[] = [
    area("land", "earth", polygon, surface),
    area("green", "landuse", kind(...GREEN), green),
    area("water", "water", polygon, water),
    {
      id: "ground-streams", type: "line", source: GROUND, "source-layer": "water", minzoom: 11, filter: stretch, layout: ROUND,
      paint: { "line-color": water, "line-width": wide(11, 0.5, 14, 2, 18, 8) },
    },
    area("houses", "buildings", polygon, line, 13, { "fill-opacity": HOUSES }),
    road("paths", kind("path"), wide(13, 0.4, 15, 1.2, 18, 4), { "line-dasharray": [2, 2] }),
    road("rails", kind("rail"), wide(10, 0.5, 14, 1.2, 18, 3)),
    road("streets", kind("minor_road", "other"), wide(11, 0.3, 14, 2, 18, 14)),
    road("roads", kind("major_road"), wide(8, 0.4, 11, 1, 14, 3.5, 18, 20)),
    road("highways", kind("highway"), wide(8, 0.8, 11, 1.8, 14, 5, 18, 26)),
  ];
  return layers as LayerSpecification[];
}
