/** Arena minutes of a shift: proposed from its visits, and whether what was written can be right. Pure. */
import type { Arena, Visit } from "./records";

export type ArenaMinutes = Partial<Record<Arena, number>>;

/**
 * Propose minutes per arena from the visits' own times. A visit without an end lasts until the next
 * one begins or the shift ends; a not-visited one counts in no minutes; overlaps are counted once.
 */
export function proposedArenaMinutes(
  visits: readonly Pick<Visit, "arena" | "arrived_at" | "left_at" | "outcome">[], startedAt: string, endedAt: string,
): ArenaMinutes {
  const shiftStart = Date.parse(startedAt);
  const shiftEnd = Date.parse(endedAt);
  const made = visits.filter((visit) => visit.outcome !== "not_visited")
    .sort((a, b) => Date.parse(a.arrived_at) - Date.parse(b.arrived_at));
  const spent: ArenaMinutes = {};
  let reached = shiftStart;
  for (const [at, visit] of made.entries()) {
    const next = made[at + 1];
    const end = visit.left_at ? Date.parse(visit.left_at) : next ? Date.parse(next.arrived_at) : shiftEnd;
    const from = Math.max(Date.parse(visit.arrived_at), reached);
    const to = Math.min(end, shiftEnd);
    if (to <= from) continue;
    spent[visit.arena] = (spent[visit.arena] ?? 0) + (to - from);
    reached = to;
  }
  // Floored, so that the sum never exceeds the shift.
  const minutes = Object.entries(spent).map(([arena, ms]) => [arena, Math.floor(ms / 60_000)] as const);
  return Object.fromEntries(minutes.filter(([, whole]) => whole > 0));
}

export const totalMinutes = (minutes: ArenaMinutes): number => Object.values(minutes).reduce((sum, n) => sum + n, 0);

/** More than the shift's length is refused at submission (figures.md). */
export const exceedsLength = (minutes: ArenaMinutes, startedAt: string, endedAt: string): boolean =>
  totalMinutes(minutes) * 60_000 > Date.parse(endedAt) - Date.parse(startedAt);
