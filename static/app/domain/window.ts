/**
 * PL6: which records have left a field device's window and are forgotten by the phone itself.
 * Pure; what hangs on a pending mutation never leaves. Knows field names, no storage.
 */
import { type Confirmed, PARENTS, type Pending } from "./projection";
import type { Waiting } from "./records";

const OWN_DAYS = 60;
const TEAM_DAYS = 14;
const BRIEFING_DAYS = 2;
const WALK_DAYS = 14;
const DAY_MS = 24 * 3_600_000;

/** Return `[collection, record id]` of what leaves; `today` is a date. */
export function leavingWindow(
  confirmed: ReadonlyMap<string, ReadonlyMap<string, Confirmed>>, pending: readonly Pending[], userId: string, today: string,
): [string, string][] {
  const rows = (name: string): ReadonlyMap<string, Confirmed> => confirmed.get(name) ?? new Map<string, Confirmed>();
  const daysSince = (iso: unknown): number => (Date.parse(`${today}T23:59:59Z`) - Date.parse(String(iso))) / DAY_MS;
  const shiftOf = (name: string, id: string): string => {
    const parent = PARENTS[name];
    const parentId = parent && rows(name).get(id)?.fields[parent.field];
    return parent && typeof parentId === "string" ? shiftOf(parent.collection, parentId) : id;
  };

  const busy = new Set<string>();
  for (const { collection, record_id, fields } of [...pending.map(({ mutation }) => mutation), ...waiting(rows)]) {
    busy.add(record_id);
    busy.add(shiftOf(collection, record_id));
    for (const value of Object.values(fields)) {
      if (typeof value === "string" && rows("visits").has(value)) busy.add(shiftOf("visits", value));
      else if (typeof value === "string") busy.add(value);
    }
  }

  const leaving: [string, string][] = [];
  const goneShifts = new Set<string>();
  for (const [id, { fields }] of rows("shifts")) {
    const own = fields.created_by === userId || (fields.participant_ids as string[] | undefined)?.includes(userId) === true;
    if (busy.has(id) || (own && fields.status !== "approved")) continue;
    if (daysSince(fields.started_at) > (own ? OWN_DAYS : TEAM_DAYS)) goneShifts.add(id);
  }
  for (const name of ["shifts", "visits", "observations"]) {
    for (const id of rows(name).keys()) if (goneShifts.has(shiftOf(name, id))) leaving.push([name, id]);
  }
  for (const [id, { fields }] of rows("review_comments")) if (goneShifts.has(String(fields.shift_id))) leaving.push(["review_comments", id]);

  const usedBriefings = new Set<unknown>();
  for (const [id, { fields }] of rows("shifts")) if (!goneShifts.has(id)) usedBriefings.add(fields.briefing_id);
  const newest = newestByDistrict(rows("briefings"));
  for (const [id, { fields }] of rows("briefings")) {
    if (!busy.has(id) && !newest.has(id) && !usedBriefings.has(id) && daysSince(fields.valid_until) > BRIEFING_DAYS) leaving.push(["briefings", id]);
  }
  for (const [id, { fields }] of rows("shift_plans")) {
    if (!busy.has(id) && daysSince(fields.ends_at) > BRIEFING_DAYS) leaving.push(["shift_plans", id]);
  }
  for (const [id, { fields }] of rows("walks")) {
    if (!busy.has(id) && daysSince(fields.planned_end) > WALK_DAYS) leaving.push(["walks", id]);
  }
  return leaving;
}

/** Of each district the briefing held last: after a weekend too the next one begins from it. */
function newestByDistrict(briefings: ReadonlyMap<string, Confirmed>): Set<string> {
  const newest = new Map<string, [id: string, heldAt: number]>();
  for (const [id, { fields }] of briefings) {
    const heldAt = Date.parse(String(fields.held_at));
    for (const district of (fields.districts as string[] | undefined) ?? []) if (heldAt > (newest.get(district)?.[1] ?? -Infinity)) newest.set(district, [id, heldAt]);
  }
  return new Set([...newest.values()].map(([id]) => id));
}

/** What waits on the server lies over its record like what waits here (PU9, PU11). */
function waiting(rows: (name: string) => ReadonlyMap<string, Confirmed>): Pick<Waiting, "collection" | "record_id" | "fields">[] {
  return ["held", "late"].flatMap((name) => [...rows(name).values()].map(({ fields }) => fields as unknown as Waiting))
    .filter(({ state }) => state === "waiting");
}
