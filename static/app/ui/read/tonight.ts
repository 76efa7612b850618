/** Tonight's list as cards: what the domain ranks, with this pass's own visits and in words. Pure. */
import { distanceToGeometry, type Position } from "../../domain/here";
import type { Briefing, Site } from "../../domain/records";
import { briefingsInForce, tonight, type Reason, type Suggestion } from "../../domain/tonight";
import { coded, count, t } from "../../i18n";
import { safetyInWords, survivorOf } from "./places";
import type { Projection, Session } from "../../ports";
import { dayOf, daysAgo } from "./time";
import { isUnanswered, visitsOf, type Row } from "./shifts";

export interface Card {
  site: Row<"sites">;
  rank: number | null;
  /** The team that covers it, when the briefing says so. */
  coveredBy: string | null;
  reasons: string;
  /** "Gå inte dit" or "Extra försiktighet"; null when nothing needs saying. */
  safety: string | null;
  /** What this pass has done about it; null while it is still to do. */
  done: "visited" | "not_visited" | null;
}

const SUGGESTIONS = 5;

/** Briefings in force now that concern the district, the latest held first. */
export function currentBriefings(records: Projection, district: string | null, now: string): Row<"briefings">[] {
  const rows = records.all("briefings").map((row) => ({ row, ...row.fields }));
  return briefingsInForce(rows, Date.parse(now), district).map(({ row }) => row);
}

/** Briefings of the district that are not in force yet, the next first. */
export const comingBriefings = (records: Projection, district: string | null, now: string): Row<"briefings">[] =>
  records
    .all("briefings")
    .filter(({ fields }) => Date.parse(now) < Date.parse(fields.valid_from) && (district === null || fields.districts.includes(district)))
    .sort((a, b) => Date.parse(a.fields.valid_from) - Date.parse(b.fields.valid_from));

/** Field workers change their own; the district's lead every one (access.md). */
export function mayChange(session: Session, briefing: Row<"briefings">): boolean {
  const leads = ({ role, district }: Session["grants"][number]) => role === "team_lead" && (district === null || briefing.fields.districts.includes(district));
  return (briefing.fields.created_by ?? session.user.id) === session.user.id || session.grants.some(leads);
}

/** The newest briefing of the district, to begin the next one from. */
export const lastBriefing = (records: Projection, district: string): Row<"briefings"> | undefined =>
  records
    .all("briefings")
    .filter(({ fields }) => fields.districts.includes(district))
    .sort((a, b) => Date.parse(b.fields.held_at) - Date.parse(a.fields.held_at))[0];

/** What goes along from one briefing to the next: each place as what it has become, none that nobody may go to. */
export function stillAgreed(records: Projection, priorities: Briefing["priorities"]): Briefing["priorities"] {
  const inOrder = [...priorities].sort((a, b) => a.rank - b.rank).map((one) => ({ ...one, site_id: survivorOf(records, one.site_id) }));
  const firsts = inOrder.filter(({ site_id }, at) => inOrder.findIndex((other) => other.site_id === site_id) === at);
  const open = firsts.filter(({ site_id }) => records.get("sites", site_id)?.fields.safety_level !== "do_not_go");
  return open.map((one, at) => ({ ...one, rank: at + 1 }));
}

/**
 * The list of one pass (or of no pass yet); `from` is a position asked for, used here and thrown away.
 * What was agreed on is what is in force now, or has been at some time from `since`. `openItems`: as `placesToFollowUp` tells.
 */
export function tonightsCards(
  records: Projection, district: string, shiftId: string | null, now: string, from: Position | null = null, since = now,
  openItems: readonly string[] = [],
): Card[] {
  const visits = shiftId ? visitsOf(records, shiftId) : [];
  const done = (siteId: string): Card["done"] => {
    const here = visits.filter((visit) => visit.fields.site_id && survivorOf(records, visit.fields.site_id) === siteId);
    if (here.some((visit) => visit.fields.outcome !== "not_visited")) return "visited";
    return here.length > 0 ? "not_visited" : null;
  };
  const ranked = tonight({
    now: Date.parse(now),
    since: Date.parse(since),
    today: dayOf(now),
    sites: records.all("sites").map(({ id, fields }) => ({ ...fields, id })),
    briefings: records.all("briefings").map(({ fields }) => fields),
    district,
    visited: records.all("visits").flatMap(({ fields: { site_id, outcome, arrived_at } }) => (
      site_id && outcome !== "not_visited" ? [{ site_id, on: dayOf(arrived_at) }] : []
    )),
    movedHere: records.all("observations").flatMap(({ fields: { moved_to, observed_at } }) => (
      moved_to ? [{ site_id: moved_to, on: dayOf(observed_at) }] : []
    )),
    openItems,
    distancesM: from ? distances(records, from) : undefined,
  });
  const agreed = ranked.filter(({ rank }) => rank !== null);
  const suggested = ranked.filter(({ rank }) => rank === null).slice(0, SUGGESTIONS);
  return [...agreed, ...suggested].flatMap((suggestion) => {
    const site = records.get("sites", suggestion.site_id);
    if (!site) return [];
    const reasons = suggestion.reasons.map((reason) => inWords(reason, suggestion, site.fields, now)).join(" · ");
    return [{ site, rank: suggestion.rank, coveredBy: suggestion.covered_by, reasons, safety: safetyInWords(site.fields), done: done(site.id) }];
  });
}

function distances(records: Projection, from: Position): Map<string, number> {
  const known = records.all("sites").map(({ id, fields }) => [id, distanceToGeometry(from, fields.geometry)] as const);
  return new Map(known.filter((one): one is readonly [string, number] => one[1] !== null));
}

function inWords(reason: Reason, { rank, reason: agreed, last_visit }: Suggestion, site: Site, now: string): string {
  switch (reason.code) {
    case "agreed": return t("tonight.priority", { rank: rank ?? 0, reason: coded("priority", agreed ?? "") });
    case "in_mapping": return coded("mappingPriority", reason.level);
    case "school_near": return nearInWords(site, reason.certain);
    case "moved_here": return t("tonight.movedHere");
    case "open_item": return count("tonight.openItem", reason.items);
    case "noted": return t("tonight.noted", { noted: reason.noted, visits: reason.visits });
    case "last_visit": return last_visit ? t("tonight.lastVisit", { when: daysAgo(last_visit, now) }) : t("tonight.neverVisited");
    case "distance": return t("place.metresAway", { metres: reason.metres });
  }
}

function nearInWords(site: Site, isCertain: boolean): string {
  const school = [...site.schools].sort((a, b) => a.distance_m - b.distance_m)[0];
  return isCertain && school ? t("tonight.schoolNear", { school: school.name, metres: Math.round(school.distance_m) }) : t("tonight.schoolUncertain");
}

/** What the check page asks about before a pass is sent in. A briefing may be held after the pass began; until its end it counts. */
export function openQuestions(records: Projection, shift: Row<"shifts">, endedAt: string): { missed: Card[]; unanswered: Row<"visits">[] } {
  const cards = tonightsCards(records, shift.fields.district, shift.id, endedAt, null, shift.fields.started_at);
  const isOurs = ({ coveredBy }: Card): boolean => coveredBy === null || coveredBy === shift.fields.team_id;
  return {
    missed: cards.filter((card) => card.rank !== null && card.done === null && isOurs(card)),
    unanswered: visitsOf(records, shift.id).filter((visit) => isUnanswered(records, visit)),
  };
}
