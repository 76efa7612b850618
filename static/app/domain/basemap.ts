/** What lies under the map, where this installation has it, and when a phone may keep it. Pure. */
import type { StorageUse } from "../ports";

export interface Basemap {
  /** Of this version alone. */
  url: string;
  version: string;
  bytes: number;
  /** West, south, east, north. */
  bounds: [number, number, number, number];
  min_zoom: number;
  max_zoom: number;
  /** Whom to credit wherever it is drawn. */
  attribution: string;
}

/** Small enough that a phone reads one at a time and a bad line loses little. */
export const PIECE_BYTES = 2 * 1024 ** 2;
/** What stays free beside it: an evening's records take less than a thousandth of it. */
export const RESERVE_BYTES = 200_000_000;

/** From and up to of each piece. */
export const piecesOf = (bytes: number): [from: number, until: number][] =>
  Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, n) => [n * PIECE_BYTES, Math.min(bytes, (n + 1) * PIECE_BYTES)]);

/** Whether so many bytes more leave clear room for records; where the system does not tell, the write will. */
export const leavesRoom = (bytes: number, use: StorageUse | null): boolean => !use || use.quotaBytes - use.usedBytes - bytes >= RESERVE_BYTES;

const BEGINNING = [..."PMTiles\x03"].map((sign) => sign.charCodeAt(0));

/** C18: whether bytes begin as a PMTiles file of version 3 does; a captive portal's page does not. */
export const isPmtiles = (bytes: ArrayBuffer): boolean => BEGINNING.every((byte, at) => new Uint8Array(bytes)[at] === byte);
