/** The map's style, made of the theme's colours: no glyphs, no sprite, nothing from anybody's server. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Colours } from "./looks";
import { SOURCES, type Features, type Source } from "./picture";

type Filter = NonNullable<Extract<LayerSpecification, { type: "symbol" }>["filter"]>;

/** Marks grow with the zoom; schools stay smaller, as there are most of them. */
const sized = (far: number, near: number) => ["interpolate", ["linear"], ["zoom"], 9, far, 14, near] as const;

export function styleOf(colours: Colours, data: Record<Source, Features>): StyleSpecification {
  const sources = Object.fromEntries(SOURCES.map((source) => [source, { type: "geojson", data: data[source] }]));
  return { version: 8, sources: sources as unknown as StyleSpecification["sources"], layers: layersOf(colours) };
}

/** `isOverGround`: a basemap lies below, and the districts let it through. */
export function layersOf(colours: Colours, isOverGround = false): LayerSpecification[] {
  const layers: unknown[] = [
    { id: "paper", type: "background", paint: { "background-color": colours.paper } },
    { id: "districts", type: "fill", source: "districts", paint: { "fill-color": colours.surface, "fill-opacity": isOverGround ? 0 : 1 } },
    { id: "borders", type: "line", source: "districts", layout: { "line-join": "round" }, paint: { "line-color": colours.edge, "line-width": 1.5 } },
    { id: "zone", type: "fill", source: "zone", paint: { "fill-color": colours.primary, "fill-opacity": 0.12 } },
    { id: "zone-edge", type: "line", source: "zone", paint: { "line-color": colours.primary, "line-width": 2, "line-dasharray": [3, 2] } },
    { id: "areas", type: "fill", source: "areas", paint: { "fill-color": colours.quiet, "fill-opacity": 0.25 } },
    { id: "areas-edge", type: "line", source: "areas", paint: { "line-color": colours.quiet, "line-width": 1.5 } },
    { id: "moves-rim", type: "line", source: "moves", paint: { "line-color": colours.paper, "line-width": 6 } },
    { id: "moves", type: "line", source: "moves", paint: { "line-color": colours.ink, "line-width": 2.5 } },
    { id: "moves-to", type: "symbol", source: "moves", layout: { "symbol-placement": "line-center", "icon-image": "arrow", "icon-size": 0.7, "icon-allow-overlap": true } },
    marks("schools", ["==", ["get", "look"], "school"], ["get", "look"], sized(0.4, 0.75)),
    marks("places", ["!=", ["get", "look"], "school"], ["get", "look"], sized(0.65, 1)),
    marks("visited", ["get", "visited"], "visited", sized(0.45, 0.65), [17, 13]),
    marks("warnings", ["!=", ["get", "warning"], ""], ["get", "warning"], sized(0.45, 0.65), [17, -13]),
    {
      id: "chosen", type: "circle", source: "places", filter: ["get", "chosen"],
      paint: { "circle-radius": 20, "circle-opacity": 0, "circle-stroke-width": 3, "circle-stroke-color": colours.ink },
    },
    {
      id: "own", type: "circle", source: "own",
      paint: { "circle-radius": 9, "circle-color": colours.ink, "circle-stroke-width": 4, "circle-stroke-color": colours.primary },
    },
  ];
  return layers as LayerSpecification[];
}

function marks(id: string, filter: unknown, image: unknown, size: unknown, offset?: [number, number]): unknown {
  const layout = { "icon-image": image, "icon-size": size, "icon-allow-overlap": true, "icon-ignore-placement": true, ...(offset && { "icon-offset": offset }) };
  return { id, type: "symbol", source: "places", filter: filter as Filter, layout };
}
