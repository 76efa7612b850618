/** Times as people write them, in the phone's own zone; ISO 8601 in and out. Pure. */
import { count, locale, t } from "../../i18n";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const pad = (n: number): string => String(n).padStart(2, "0");

/** "21:43" */
export function clockTime(iso: string): string {
  const at = new Date(iso);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** "2026-11-23", the local date. */
export function dayOf(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** "mån 23 nov" */
export function shortDay(iso: string): string {
  return new Date(iso).toLocaleDateString(locale(), { weekday: "short", day: "numeric", month: "short" });
}

/** "fre 4 dec" of a date alone, which has no zone. */
export const dateInWords = (date: string): string => shortDay(`${date}T12:00:00`);

/** ISO with the zone's offset at that moment, which matters the night the clock changes. */
export function isoLocal(at: Date): string {
  const offset = -at.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${dayOf(at.toISOString())}T${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}${zone}`;
}

/** The moment nearest to `near` when the clock shows `hhmm`: 00:30 on an evening pass is the next day. */
export function atClock(hhmm: string, near: string): string {
  const apart = (at: Date): number => Math.abs(at.getTime() - Date.parse(near));
  const [nearest] = [0, -1, 1].flatMap((days) => shown(hhmm, near, days)).sort((a, b) => apart(a) - apart(b));
  return isoLocal(nearest!);
}

/** The first moment after another when the clock shows `hhmm`. */
export function firstAfter(hhmm: string, after: string): string {
  const first = [0, 1].flatMap((days) => shown(hhmm, after, days)).find((at) => at.getTime() > Date.parse(after));
  return isoLocal(first!);
}

/** The last moment up to another when the clock showed `hhmm`. */
export function lastUntil(hhmm: string, until: string): string {
  const last = [0, -1].flatMap((days) => shown(hhmm, until, days).reverse()).find((at) => at.getTime() <= Date.parse(until));
  return isoLocal(last!);
}

/**
 * When the clock shows `hhmm` on the day `days` after that of a moment: twice in the hour that comes again as
 * summer time ends; in the hour it leaves out, what a clock shows that nobody has put forward.
 */
function shown(hhmm: string, moment: string, days: number): Date[] {
  const [hours = 0, minutes = 0] = hhmm.split(":").map(Number);
  const day = new Date(moment);
  const once = new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hours, minutes);
  const again = new Date(once.getTime() + HOUR_MS);
  return again.getHours() === once.getHours() ? [once, again] : [once];
}

/** The moment of a date and a clock time. */
export const atDayClock = (day: string, hhmm: string): string => isoLocal(new Date(`${day}T${hhmm}:00`));

/** Whole local days from one moment to another; a date without time counts from its morning. */
export function daysBetween(from: string, to: string): number {
  const day = (iso: string) => Date.parse(`${iso.length === 10 ? iso : dayOf(iso)}T00:00:00Z`);
  return Math.round((day(to) - day(from)) / DAY_MS);
}

export const minutesBetween = (from: string, to: string): number =>
  Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / MINUTE_MS));

/** "2 tim 14 min" */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return t("time.minutes", { n: rest });
  return rest === 0 ? t("time.hours", { n: hours }) : t("time.hoursMinutes", { hours, minutes: rest });
}

/** "i dag", "i går", "för 9 dagar sedan" */
export function daysAgo(from: string, now: string): string {
  const days = daysBetween(from, now);
  if (days <= 0) return t("time.today");
  return days === 1 ? t("time.yesterday") : count("time.daysAgo", days);
}
