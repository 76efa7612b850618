/** What a clock time without a date means on a pass, and which ones can't be meant. Pure. */
import { t } from "../../i18n";
import { atClock, clockTime, firstAfter, lastUntil } from "./time";

const MINUTE_MS = 60_000;

/** A pass as far as it has come: `until` is its end, or now while it goes on. */
export interface Span {
  startedAt: string;
  until: string;
}

export const spanOf = ({ started_at, ended_at }: { started_at: string; ended_at: string | null }, now: string): Span => (
  { startedAt: started_at, until: ended_at ?? now }
);

/** When somebody came: the first time on the pass that the clock showed it; the minute the pass began counts whole. */
export const typedArrival = (hhmm: string, { startedAt }: Span): string =>
  clockTime(startedAt) === hhmm ? startedAt : firstAfter(hhmm, startedAt);

/** When somebody left: the first time after they came. */
export const typedLeaving = (hhmm: string, arrivedAt: string): string => (clockTime(arrivedAt) === hhmm ? arrivedAt : firstAfter(hhmm, arrivedAt));

/** When a pass began: nearest to what stood, never later than it ended or than now. */
export function typedStart(hhmm: string, old: string, until: string): string {
  if (clockTime(old) === hhmm) return old;
  const nearest = atClock(hhmm, old);
  return Date.parse(nearest) <= Date.parse(until) ? nearest : lastUntil(hhmm, until);
}

/** What is wrong with a time that was typed, in words; null when it lies on the pass. */
export function outsidePass(at: string, { startedAt, until }: Span): string | null {
  const isOn = Date.parse(at) >= Date.parse(startedAt) && Date.parse(at) < Date.parse(until) + MINUTE_MS;
  return isOn ? null : t("visit.outsidePass", { from: clockTime(startedAt), until: clockTime(until) });
}

/** A time already kept may stand where it is; one that was typed is never ahead of the clock. */
export const inFuture = (at: string, old: string | null, now: string): string | null =>
  at !== old && Date.parse(at) >= Date.parse(now) + MINUTE_MS ? t("visit.inFuture") : null;
