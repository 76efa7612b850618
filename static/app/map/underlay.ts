/** Lays a basemap below everything that a drawn map shows, and takes it away again where it can't be read. */
import { addProtocol, type Map as MapLibre, type VectorTileSource } from "maplibre-gl";
import { PMTiles, Protocol } from "pmtiles";
import type { Basemap } from "../domain/basemap";
import { GROUND, groundLayers } from "./ground";
import type { Colours } from "./looks";
import { layersOf } from "./style";

export type ReadBytes = (basemap: Basemap, from: number, until: number, signal?: AbortSignal) => Promise<ArrayBuffer>;

const LOWEST = "districts";
const protocol = new Protocol();
addProtocol("pmtiles", protocol.tile);
let laid = 0;

export class Underlay {
  readonly #map: MapLibre;
  #key: string | null = null;
  #layers: string[] = [];
  #isGone = false;
  #asked = 0;

  constructor(map: MapLibre) {
    this.#map = map;
  }

  /** Every layer of the map as it should look now. */
  layers = (colours: Colours) => [...(this.#key ? groundLayers(colours) : []), ...layersOf(colours, this.#key !== null)];

  /**
   * Whether it lies there: another may have been asked for meanwhile. Rejects where the basemap can't be read; `onLost` where
   * that shows later. The map is then as it was without.
   */
  async lay(basemap: Basemap, colours: () => Colours, read: ReadBytes, onLost: () => void): Promise<boolean> {
    const asked = ++this.#asked;
    const isOvertaken = () => this.#isGone || asked !== this.#asked;
    const key = `${basemap.version}-${laid++}`; // what was read of an earlier try, and failed, is not asked again
    const archive = new PMTiles({
      getKey: () => key,
      getBytes: async (from, length, signal) => ({ data: await read(basemap, from, Math.min(from + length, basemap.bytes), signal) }),
    });
    try {
      await archive.getHeader();
    } catch (error) {
      if (isOvertaken()) return false;
      this.lift();
      throw error;
    }
    if (isOvertaken()) return false;
    this.lift();
    this.#key = key;
    protocol.add(archive);
    const { min_zoom: minzoom, max_zoom: maxzoom, bounds } = basemap;
    this.#map.addSource(GROUND, { type: "vector", tiles: [`pmtiles://${key}/{z}/{x}/{y}`], minzoom, maxzoom, bounds });
    const layers = groundLayers(colours());
    this.#layers = layers.map(({ id }) => id);
    for (const layer of layers) this.#map.addLayer(layer, LOWEST);
    this.#letThrough(true);
    // The source is in the middle of telling it.
    this.#map.getSource<VectorTileSource>(GROUND)?.on("error", () => setTimeout(() => {
      if (this.#key !== key) return;
      this.lift();
      onLost();
    }));
    return true;
  }

  lift(): void {
    if (!this.#key) return;
    this.#letGo();
    for (const id of this.#layers) this.#map.removeLayer(id);
    this.#map.removeSource(GROUND);
    this.#letThrough(false);
  }

  /** The map is going: what is told of the basemap from now on concerns nobody. */
  forget(): void {
    this.#isGone = true;
    this.#letGo();
  }

  #letGo(): void {
    if (this.#key) protocol.tiles.delete(this.#key);
    this.#key = null;
  }

  #letThrough(isOverGround: boolean): void {
    this.#map.setPaintProperty(LOWEST, "fill-opacity", isOverGround ? 0 : 1);
  }
}
