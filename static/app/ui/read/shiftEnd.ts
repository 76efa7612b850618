/** When a pass ended: what a typed clock time means, what stands until one is typed, and what can't be. Pure. */
import { t } from "../../i18n";
import { clockTime, dayOf, firstAfter, isoLocal, shortDay } from "./time";
import type { Row } from "./shifts";

const LONGEST_MS = 24 * 3_600_000;

/** A pass up to its end. `lastLine`: when somebody last came to or left a place, null without a visit. */
export interface UntilEnd {
  startedAt: string;
  lastLine: string | null;
}

/** A place not visited has a time of its own, when that was decided: it is no part of the pass's length. */
export function lastLineOf(visits: readonly Row<"visits">[]): string | null {
  return visits
    .filter(({ fields }) => fields.outcome !== "not_visited")
    .flatMap(({ fields }) => [fields.arrived_at, fields.left_at])
    .reduce<string | null>((last, at) => (at && (!last || Date.parse(at) > Date.parse(last)) ? at : last), null);
}

/** What is proposed while nothing is typed: the end it has, else now. A phone's clock may be behind the pass (PU15). */
export const proposedEnd = (endedAt: string | null, until: UntilEnd, now: string): string => endedAt ?? latestEnd(until, now);

/**
 * The first moment after the start when the clock shows `hhmm`. In a minute that is known, the end noted
 * before or the last line, it keeps the seconds of that; in an hour that comes twice it follows the last line.
 */
export function typedEnd(hhmm: string, { startedAt, lastLine }: UntilEnd, endedAt: string | null): string {
  const known = [endedAt, lastLine].filter((at) => at !== null && clockTime(at) === hhmm);
  const afterLine = lastLine && firstAfter(hhmm, lastLine);
  const [end] = [...known, afterLine].filter((at): at is string => Boolean(at) && isWithinADay(startedAt, at!));
  return end ?? firstAfter(hhmm, startedAt);
}

/** What is wrong with the end, in words; null when it can stand. */
export function endFault(endedAt: string, { startedAt, lastLine }: UntilEnd, now: string): string | null {
  const end = Date.parse(endedAt);
  if (end <= Date.parse(startedAt)) return t("shift.endBeforeStart");
  if (end > Date.parse(latestEnd({ startedAt, lastLine }, now))) return t("shift.endInFuture");
  if (!isWithinADay(startedAt, endedAt)) return t("shift.longerThanDay");
  if (lastLine && end < Date.parse(lastLine)) return t("shift.endBeforeVisit", { time: endInWords(startedAt, lastLine) });
  return null;
}

/** The day a pass ended when it is not the one it began. */
export const otherDay = (startedAt: string, endedAt: string): string | null =>
  dayOf(startedAt) === dayOf(endedAt) ? null : shortDay(endedAt);

/** "22:10", and after midnight "02:10 (tis 24 nov)". */
export function endInWords(startedAt: string, endedAt: string): string {
  const day = otherDay(startedAt, endedAt);
  return day ? `${clockTime(endedAt)} (${day})` : clockTime(endedAt);
}

/** Now, or where the clock has been put back since the last line, or a second after the start. */
function latestEnd({ startedAt, lastLine }: UntilEnd, now: string): string {
  const shortest = isoLocal(new Date(Date.parse(startedAt) + 1000));
  return [lastLine, shortest].reduce<string>((last, at) => (at && Date.parse(at) > Date.parse(last) ? at : last), now);
}

function isWithinADay(startedAt: string, endedAt: string): boolean {
  const length = Date.parse(endedAt) - Date.parse(startedAt);
  return length > 0 && length <= LONGEST_MS;
}
