/** Which pass, visit and observations are meant: reads of the projection, nothing else. */
import type { Projected, Projection, Tick } from "../../ports";
import type { Collections } from "../../domain/records";
import { dayOf } from "./time";

export type Row<C extends keyof Collections> = Projected<C>;

const newestFirst = (a: string, b: string): number => Date.parse(b) - Date.parse(a);

export const isOn = ({ fields }: Row<"shifts">, userId: string): boolean => fields.participant_ids.includes(userId);

/** The server says who began it; until it has it, this phone did. */
const hasBegun = (shift: Row<"shifts">, userId: string): boolean => shift.version === 0 || shift.fields.created_by === userId;

/** One's own are those one began or is on (access.md). */
export const isOwn = (shift: Row<"shifts">, userId: string): boolean => isOn(shift, userId) || hasBegun(shift, userId);

/** The user's own passes, newest first. */
export function myShifts(records: Projection, userId: string): Row<"shifts">[] {
  return records
    .all("shifts")
    .filter((shift) => isOwn(shift, userId))
    .sort((a, b) => newestFirst(a.fields.started_at, b.fields.started_at));
}

/** The last pass of one of the teams that one was on oneself. */
export const lastShiftOn = (records: Projection, userId: string, teamIds: readonly string[]): Row<"shifts"> | undefined =>
  myShifts(records, userId).find((shift) => isOn(shift, userId) && teamIds.includes(shift.fields.team_id));

export const LONGEST_SHIFT_MS = 24 * 3_600_000;

/**
 * The pass under way: a draft that has not ended. What is written in afterwards has an end from the start. One that
 * one began and has gone over from to a colleague's is under way for those who are on it. Of the same evening's one's
 * own comes first: a colleague who puts one on another moves nobody's lines there.
 */
export function openShift(records: Projection, userId: string): Row<"shifts"> | undefined {
  const open = myShifts(records, userId).filter(({ fields }) => fields.status === "draft" && !fields.ended_at);
  const [newest, ...earlier] = open.filter((shift) => isOn(shift, userId));
  if (!newest) return open[0];
  const isSameEvening = (shift: Row<"shifts">) => Date.parse(newest.fields.started_at) - Date.parse(shift.fields.started_at) < LONGEST_SHIFT_MS;
  return [newest, ...earlier.filter(isSameEvening)].find((shift) => hasBegun(shift, userId)) ?? newest;
}

/** A pass that colleagues can join. One forgotten open is none. */
export const isUnderWay = ({ fields }: Row<"shifts">, now: string): boolean =>
  fields.status === "draft" && !fields.ended_at && Date.parse(now) - Date.parse(fields.started_at) < LONGEST_SHIFT_MS;

/** Passes under way in one's teams that one is not on: those one can join. */
export const joinable = (records: Projection, userId: string, teamIds: readonly string[], now: string): Row<"shifts">[] =>
  records
    .all("shifts")
    .filter((shift) => teamIds.includes(shift.fields.team_id) && !isOwn(shift, userId) && isUnderWay(shift, now))
    .sort((a, b) => newestFirst(a.fields.started_at, b.fields.started_at));

/** A pass can be changed until it is sent in, and again when it has come back. */
export const isEditable = (shift: Row<"shifts">): boolean =>
  shift.fields.status === "draft" || shift.fields.status === "returned";

/** Whoever is on a pass completes it; its leader only reads. */
export const mayChange = (shift: Row<"shifts">, userId: string): boolean => isEditable(shift) && isOwn(shift, userId);

export function visitsOf(records: Projection, shiftId: string): Row<"visits">[] {
  return records
    .all("visits")
    .filter((visit) => visit.fields.shift_id === shiftId)
    .sort((a, b) => newestFirst(a.fields.arrived_at, b.fields.arrived_at));
}

export const isUnderWayAt = ({ fields }: Row<"visits">): boolean => fields.outcome !== "not_visited" && !fields.left_at && !fields.entered_afterwards;

/** The visit the group is at now. */
export const openVisit = (records: Projection, shiftId: string): Row<"visits"> | undefined => visitsOf(records, shiftId).find(isUnderWayAt);

export function observationsOf(records: Projection, visitId: string): Row<"observations">[] {
  return records
    .all("observations")
    .filter((observation) => observation.fields.visit_id === visitId)
    .sort((a, b) => newestFirst(a.fields.observed_at, b.fields.observed_at));
}

/** A visit that says neither what was seen nor that there was nothing: the check page asks. */
export function isUnanswered(records: Projection, visit: Row<"visits">): boolean {
  return visit.fields.outcome === "observed" && observationsOf(records, visit.id).length === 0;
}

/** Own records from before today without a receipt, and the newest of their days. */
export function overdue(records: Projection, now: string): { n: number; day: string } | null {
  const isWaiting = ({ tick }: { tick: Tick }): boolean => tick !== "received";
  const today = dayOf(now);
  const days = [
    ...records.all("shifts").filter(isWaiting).map((row) => row.fields.started_at),
    ...records.all("visits").filter(isWaiting).map((row) => row.fields.arrived_at),
    ...records.all("observations").filter(isWaiting).map((row) => row.fields.observed_at),
  ]
    .map(dayOf)
    .filter((day) => day < today);
  const newest = days.sort().at(-1);
  return newest ? { n: days.length, day: newest } : null;
}
