/**
 * The ranked list of *Ikväll*: which places first tonight, and why. Pure. Its reference in Python
 * (`fieldapp/briefings/ranking.py`, which nothing but the tests runs) is held to the same `tests/fixtures/tonight.json`,
 * the weights to `docs/tonight.md`.
 */
import type { Briefing, Site } from "./records";
import { survivor } from "./survivor";

const SCHOOL_NEAR = { yes: 30, uncertain: 15, no: 0 };
const IN_MAPPING = { regional: 40, joint_local: 30, own: 20 };
const MOST_DAYS = 30; // a point a day since the last visit; never visited counts as the most
const NOTED = 30; // times the share of visits with something noted
const FEWEST_VISITS = 3; // below this a share says nothing
const LATELY_DAYS = 28;
const MOVED_HERE = 25;
const OPEN_ITEM = 20; // once, however many
const METRES_A_POINT = 200; // only when a position was asked for
const MOST_FAR = 30;
const DAY_MS = 86_400_000;
/** What suggests a place that nobody agreed on. */
const SUGGESTING: ReadonlySet<string> = new Set(["school_near", "in_mapping", "moved_here", "open_item"]);

type Level = keyof typeof IN_MAPPING;

/** Why a place is suggested, with its points; weightiest kinds first, as they are shown. */
export type Reason = { points: number } & (
  | { code: "agreed" | "moved_here" }
  | { code: "in_mapping"; level: Level }
  | { code: "school_near"; certain: boolean }
  | { code: "open_item"; items: number }
  | { code: "noted"; noted: number; visits: number }
  | { code: "last_visit"; days: number | null }
  | { code: "distance"; metres: number }
);

export interface Suggestion {
  site_id: string;
  points: number;
  /** The briefing's rank, null for a place nobody agreed on. */
  rank: number | null;
  reason: string | null;
  /** The team that covers it, when the briefing says so. */
  covered_by: string | null;
  /** The date of any unit's last visit; null when never. */
  last_visit: string | null;
  reasons: Reason[];
}

export type Place = Pick<Site, "district" | "school_near" | "safety_level" | "last_visited_on" | "priorities" | "visits_lately" | "merged_into_id"> & { id: string };
type Agreement = Pick<Briefing, "valid_from" | "valid_until" | "districts" | "held_at" | "priorities">;
/** The site that one has become. */
type PlaceOf = (siteId: string) => string;
/** Something dated at a site. */
export interface Dated {
  site_id: string;
  on: string;
}

export interface TonightInput {
  /** Milliseconds since 1970. */
  now: number;
  /** What was agreed on some time from then until now counts; without it, what is in force now. */
  since?: number;
  /** The local date. */
  today: string;
  sites: readonly Place[];
  briefings: readonly Agreement[];
  /** The district one works in; null for the whole city. */
  district: string | null;
  /** Visits the register may not have heard of yet. */
  visited?: readonly Dated[];
  /** Observations that people seem to have moved there. */
  movedHere?: readonly Dated[];
  /** The site of each thing the team still has to follow up. */
  openItems?: readonly string[];
  /** Metres to each site, when a position was asked for. */
  distancesM?: ReadonlyMap<string, number> | undefined;
}

/**
 * Return the suggestions, best first. A place one must not go to is never among them; nor is one that was merged into
 * another, at which everything about it counts. One pass over sites (U02).
 */
export function tonight(
  { now, since = now, today, sites, briefings, district, visited = [], movedHere = [], openItems = [], distancesM }: TonightInput,
): Suggestion[] {
  const merged = new Map(sites.flatMap(({ id, merged_into_id: into }) => (into ? [[id, into]] : [])));
  const placeOf: PlaceOf = (id) => survivor(id, (one) => merged.get(one));
  const allowed = sites.filter((site) => site.safety_level !== "do_not_go" && !merged.has(site.id));
  const last = lastVisits(sites, visited, placeOf);
  const moved = new Set(movedHere.filter(({ site_id, on }) => on > (last.get(placeOf(site_id)) ?? "")).map(({ site_id }) => placeOf(site_id)));
  const items = new Map<string, number>();
  for (const id of openItems.map(placeOf)) items.set(id, (items.get(id) ?? 0) + 1);
  const agreed = agreedOn(briefingsInForce(briefings, now, district, since), placeOf);
  const found = allowed.flatMap((site): Suggestion[] => {
    const item = agreed.get(site.id);
    if (!item && district !== null && site.district !== district) return [];
    const lastVisit = last.get(site.id) ?? null;
    const reasons = reasonsFor(site, item, lastVisit, today, moved.has(site.id), items.get(site.id) ?? 0, distancesM?.get(site.id));
    if (!item && !reasons.some(({ code }) => SUGGESTING.has(code))) return [];
    return [{
      site_id: site.id, points: reasons.reduce((sum, { points }) => sum + points, 0), rank: item?.rank ?? null,
      reason: item?.reason ?? null, covered_by: item?.covered_by ?? null, last_visit: lastVisit, reasons,
    }];
  });
  return found.sort(byPlaceInList);
}

/** Return the briefings valid now for the district, or some time from `since` until now; the latest held first. */
export function briefingsInForce<B extends Pick<Briefing, "valid_from" | "valid_until" | "districts" | "held_at">>(
  briefings: readonly B[], now: number, district: string | null, since = now,
): B[] {
  return briefings
    .filter((briefing) => Date.parse(briefing.valid_from) <= now && since < Date.parse(briefing.valid_until))
    .filter((briefing) => district === null || briefing.districts.includes(district))
    .sort((a, b) => Date.parse(b.held_at) - Date.parse(a.held_at));
}

function agreedOn(briefings: readonly Agreement[], placeOf: PlaceOf): Map<string, Briefing["priorities"][number]> {
  const items = briefings.flatMap(({ priorities }) => priorities).sort((a, b) => a.rank - b.rank);
  const agreed = new Map<string, Briefing["priorities"][number]>();
  for (const item of items) if (!agreed.has(placeOf(item.site_id))) agreed.set(placeOf(item.site_id), item);
  return agreed;
}

function lastVisits(sites: readonly Place[], visited: readonly Dated[], placeOf: PlaceOf): Map<string, string> {
  const last = new Map<string, string>();
  const known = sites.flatMap(({ id, last_visited_on }) => (last_visited_on ? [{ site_id: id, on: last_visited_on }] : []));
  for (const { site_id, on } of [...known, ...visited]) {
    const place = placeOf(site_id);
    if (on > (last.get(place) ?? "")) last.set(place, on);
  }
  return last;
}

function reasonsFor(
  site: Place, item: Briefing["priorities"][number] | undefined, last: string | null, today: string,
  isMovedHere: boolean, openItems: number, metres: number | undefined,
): Reason[] {
  const reasons: Reason[] = [];
  if (item) reasons.push({ code: "agreed", points: 0 }); // its place in the list is the rank
  const level = levelOf(site.priorities, today);
  if (level) reasons.push({ code: "in_mapping", points: IN_MAPPING[level], level });
  if (site.school_near !== "no") reasons.push({ code: "school_near", points: SCHOOL_NEAR[site.school_near], certain: site.school_near === "yes" });
  if (isMovedHere) reasons.push({ code: "moved_here", points: MOVED_HERE });
  if (openItems > 0) reasons.push({ code: "open_item", points: OPEN_ITEM, items: openItems });
  const days = last === null ? null : Math.max(0, Math.round((Date.parse(today) - Date.parse(last)) / DAY_MS));
  const { visits, noted } = site.visits_lately ?? { visits: 0, noted: 0 };
  if (visits >= FEWEST_VISITS && noted > 0 && days !== null && days <= LATELY_DAYS)
    reasons.push({ code: "noted", points: Math.floor((NOTED * noted * 2 + visits) / (2 * visits)), noted, visits });
  reasons.push({ code: "last_visit", points: days === null ? MOST_DAYS : Math.min(days, MOST_DAYS), days });
  if (metres !== undefined) {
    const points = Math.min(MOST_FAR, Math.floor(metres / METRES_A_POINT));
    reasons.push({ code: "distance", points: points === 0 ? 0 : -points, metres: Math.round(metres) });
  }
  return reasons;
}

function levelOf(priorities: Site["priorities"], today: string): Level | null {
  const held = priorities.filter(({ from, to }) => from <= today && (to === null || today <= to)).map(({ level }) => level as Level);
  return held.filter((level) => level in IN_MAPPING).sort((a, b) => IN_MAPPING[b] - IN_MAPPING[a])[0] ?? null;
}

/** What was agreed on comes first and in its order, whatever else is known; then the points decide. */
function byPlaceInList(a: Suggestion, b: Suggestion): number {
  const rank = (one: Suggestion): number => one.rank ?? Infinity;
  if (a.rank !== b.rank) return rank(a) - rank(b);
  return b.points - a.points || compare(a.last_visit ?? "", b.last_visit ?? "") || compare(a.site_id, b.site_id);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
