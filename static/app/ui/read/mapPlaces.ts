/** What the map and its list show: every place this phone knows, as it looks and in words. Pure; both are made of it. */
import { centreOf, distanceM, distanceToGeometry, type Position } from "../../domain/here";
import type { District, Site, Visit } from "../../domain/records";
import { coded, t } from "../../i18n";
import type { Look, Sign } from "../../map/looks";
import type { Geometry, Outline, Place } from "../../map/picture";
import type { Projection } from "../../ports";
import { NOWHERE, openSites, placeName, safetyInWords, survivorOf, type Where } from "./places";
import type { Row } from "./shifts";
import { dayOf } from "./time";

/** A place in the list; `at` is null for a school whose register has no position: the map has no such place. */
export interface Listed extends Omit<Place, "at"> {
  at: Position | null;
  district: string | null;
  /** What a visit here says of where it was; null for what is no place to arrive at anew. */
  where: Where | null;
  /** State, nearness, safety, visited today, distance: what the mark and its signs say, and the schools around it. */
  words: string;
  /** Why one should take care, apart: it is told before the rest. */
  safety: string | null;
}

const IN_FORCE: ReadonlySet<string> = new Set(["listed", "new", "split"]);

export function mapPlaces(records: Projection, now: string, own: Position | null = null): Listed[] {
  const today = visitsOn(records, dayOf(now));
  return [...sites(records, today, own), ...newPlaces(records, today, own), ...schools(records, today, own)].sort((a, b) => a.name.localeCompare(b.name, "sv"));
}

export const isOnMap = (place: Listed): place is Listed & Place => place.at !== null;

/** Visits of today that are at no place of the map: a stadsdel, something digital. */
export function elsewhereToday(records: Projection, now: string): string[] {
  const rest = visitsOn(records, dayOf(now)).filter(({ site_id, school_unit_code, place }) => !site_id && !school_unit_code && !place);
  return [...new Set(rest.map((visit) => placeName(records, visit)))];
}

export const districtOutlines = (records: Projection): Outline[] =>
  records.all("districts").flatMap(({ fields: { name, outline } }: { fields: District }) => (outline ? [{ name, geometry: outline }] : []));

/** Where the map opens: one's own district's outline, else its places. */
export function homeOf(records: Projection, district: string | null, places: readonly Listed[]): Geometry[] {
  const outline = records.all("districts").find(({ fields }) => fields.code === district)?.fields.outline;
  if (outline) return [outline];
  const own = places.filter((place) => district === null || place.district === district);
  return own.flatMap(({ at }) => (at ? [{ type: "Point", coordinates: [at.lon, at.lat] }] : []));
}

const visitsOn = (records: Projection, day: string): Visit[] =>
  records.all("visits").map(({ fields }) => fields).filter(({ arrived_at, outcome }) => outcome !== "not_visited" && dayOf(arrived_at) === day);

function sites(records: Projection, today: readonly Visit[], own: Position | null): Listed[] {
  const visited = new Set(today.flatMap(({ site_id }) => (site_id ? [survivorOf(records, site_id)] : [])));
  return openSites(records).flatMap(({ id, fields }: Row<"sites">) => {
    const at = centreOf(fields);
    if (!at) return [];
    const { look, words } = stateOf(fields);
    const safety = safetyInWords(fields);
    const signs: Sign[] = [...(visited.has(id) ? ["visited" as const] : []), ...signOf(fields)];
    const metres = own && distanceToGeometry(own, fields.geometry);
    return [{
      id, name: fields.name, look, at, area: fields.geometry.type === "Point" ? undefined : fields.geometry, signs, safety, district: fields.district,
      where: { ...NOWHERE, site_id: id, arena: "outdoor" as const },
      words: said([words, ...nearness(fields), visited.has(id) && t("map.visitedToday"), away(metres)]),
    }];
  });
}

function schools(records: Projection, today: readonly Visit[], own: Position | null): Listed[] {
  const visited = new Set(today.map(({ school_unit_code }) => school_unit_code));
  return records.all("schools").filter(({ fields }) => fields.status === "active").map(({ fields }) => {
    const at = fields.lat === null || fields.lon === null ? null : { lat: fields.lat, lon: fields.lon };
    const isVisited = visited.has(fields.school_unit_code);
    return {
      id: `school-${fields.school_unit_code}`, name: fields.name, look: "school" as const, at, signs: isVisited ? ["visited"] as const : [], safety: null, district: fields.district,
      where: { ...NOWHERE, school_unit_code: fields.school_unit_code, arena: "school" as const },
      words: said([coded("mapLook", "school"), !at && t("map.noPosition"), isVisited && t("map.visitedToday"), away(own && at && distanceM(own, at))]),
    };
  });
}

/** Places outside the register that passes on this phone have been at, each once. */
function newPlaces(records: Projection, today: readonly Visit[], own: Position | null): Listed[] {
  const keyOf = ({ lat, lon, label }: NonNullable<Visit["place"]>): string => `new-${lat},${lon},${label}`;
  const visited = new Set(today.flatMap(({ place }) => (place ? [keyOf(place)] : [])));
  const found = new Map(records.all("visits").flatMap(({ fields: { place, district } }) => (place ? [[keyOf(place), { place, district: district ?? null }] as const] : [])));
  return [...found].map(([id, { place, district }]) => ({
    id, name: place.label || t("place.new"), look: "new" as const, at: { lat: place.lat, lon: place.lon }, signs: visited.has(id) ? ["visited"] as const : [], safety: null, district,
    where: { ...NOWHERE, place, arena: "outdoor" as const },
    words: said([coded("mapLook", "new"), visited.has(id) && t("map.visitedToday"), away(own && distanceM(own, place))]),
  }));
}

/** A site by its kind and its latest mapping; who may not read mappings gets neither, and it is a place like any other. */
function stateOf({ kind, mappings }: Site): { look: Look; words: string } {
  const latest = [...mappings].sort((a, b) => b.year - a.year)[0];
  if (kind !== "open_drug_scene") return { look: kind, words: coded("mapLook", kind) };
  if (!latest) return { look: "other", words: coded("mapLook", "other") };
  const look = IN_FORCE.has(latest.status) ? "listed" : "struck";
  return { look, words: t("map.state", { state: coded("mapLook", look), year: latest.year }) };
}

function nearness({ school_near, schools }: Site): string[] {
  if (school_near === "no") return [];
  const near = [...schools].sort((a, b) => a.distance_m - b.distance_m);
  const named = near.map(({ name, distance_m }) => `${name} (${Math.round(distance_m)} m)`).join(", ");
  return [t(school_near === "yes" ? "map.schoolNear" : "map.schoolUncertain", { schools: named })];
}

const signOf = ({ safety_level }: Site): Sign[] => (safety_level === "do_not_go" || safety_level === "extra_care" ? [safety_level] : []);
const away = (metres: number | null): string | false => metres !== null && t("place.metresAway", { metres: Math.round(metres) });
const said = (parts: readonly (string | false)[]): string => parts.filter(Boolean).join(" · ");
