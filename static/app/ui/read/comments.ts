/**
 * A team leader's words: what was asked for when a pass came back – the newest round, what each thing is about, whether
 * something there has moved since – and what the leader mended themself. Pure.
 */
import type { Fields, Projection } from "../../ports";
import { myShifts, observationsOf, visitsOf, type Row } from "./shifts";

export type Comment = Row<"review_comments">;
export type Mended = Comment & { fields: { before: Fields } };
export type Line = Row<"shifts"> | Row<"visits"> | Row<"observations">;

/** One return: all that was asked for at once. */
export interface Round {
  /** Null for older ones, which had none. */
  id: string | null;
  /** In the order they were written; what is said of the whole pass is about no record. */
  comments: readonly Comment[];
  by: string;
  at: string;
  /** A date, or null where no day was said. */
  dueOn: string | null;
}

export interface Returned {
  shift: Row<"shifts">;
  /** Null where the words have not come down yet. */
  round: Round | null;
}

/** What is asked for now; null for a pass that is not back. */
export function askedOf(records: Projection, shift: Row<"shifts">): Round | null {
  if (shift.fields.status !== "returned") return null;
  const all = records.all("review_comments").filter(({ fields }) => fields.shift_id === shift.id && !fields.before);
  const newest = all.reduce<Comment | null>((last, one) => (last && Date.parse(last.fields.made_at) >= Date.parse(one.fields.made_at) ? last : one), null);
  if (!newest) return null;
  const { review_id, due_on, made_at, author_id } = newest.fields;
  // Before rounds had an id, all that was asked for at once had one time.
  const comments = all.filter(({ fields }) => (review_id ? fields.review_id === review_id : fields.made_at === made_at)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { id: review_id ?? null, comments, by: author_id, at: made_at, dueOn: due_on ?? null };
}

/** What is asked for of one record of a pass. */
export function askedAbout(records: Projection, line: Line): readonly Comment[] {
  const shift = shiftOf(records, line);
  return (shift && askedOf(records, shift)?.comments.filter(({ fields }) => fields.record_id === line.id)) ?? [];
}

/** What a leader mended of a pass, or of one record of it, oldest first. */
export const mendedOf = (records: Projection, about: { shift_id: string } | { record_id: string }): readonly Mended[] =>
  (records.all("review_comments") as Mended[])
    .filter(({ fields }) => fields.before && ("shift_id" in about ? fields.shift_id === about.shift_id : fields.record_id === about.record_id))
    .sort((a, b) => Date.parse(a.fields.made_at) - Date.parse(b.fields.made_at) || (a.id < b.id ? -1 : 1));

/** One's own passes that are back, the one that is asked for first on top. */
export function returned(records: Projection, userId: string): Returned[] {
  const due = ({ round }: Returned): string => round?.dueOn ?? "9999";
  return myShifts(records, userId)
    .filter(({ fields }) => fields.status === "returned")
    .map((shift) => ({ shift, round: askedOf(records, shift) }))
    .sort((a, b) => (due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : Date.parse(a.shift.fields.started_at) - Date.parse(b.shift.fields.started_at)));
}

/** The record a comment is about; undefined for the whole pass, and for what is gone. */
export const recordOf = (records: Projection, { fields: { record_id: id } }: Comment): Line | undefined =>
  id === null ? undefined : (records.get("shifts", id) ?? records.get("visits", id) ?? records.get("observations", id));

/**
 * Whether something was written there since it was asked for: waiting on this phone, received from it, or new. A
 * colleague's change of a line that was there tells no time, and is not claimed.
 */
export function hasMoved(records: Projection, comment: Comment): boolean {
  const since = Date.parse(comment.fields.made_at);
  const moved = ({ tick, receivedAt, fields }: Line): boolean =>
    tick === "saved" || tick === "sending" || [receivedAt, fields.received_at].some((at) => at && Date.parse(at) > since);
  const record = recordOf(records, comment);
  if (record) return moved(record);
  const shift = comment.fields.record_id === null ? records.get("shifts", comment.fields.shift_id) : undefined;
  return shift !== undefined && [shift, ...linesOf(records, shift)].some(moved);
}

function linesOf(records: Projection, shift: Row<"shifts">): Line[] {
  const visits = visitsOf(records, shift.id);
  return [...visits, ...visits.flatMap((visit) => observationsOf(records, visit.id))];
}

function shiftOf(records: Projection, line: Line): Row<"shifts"> | undefined {
  if (line.collection === "shifts") return line as Row<"shifts">;
  if (line.collection === "visits") return records.get("shifts", (line as Row<"visits">).fields.shift_id);
  const visit = records.get("visits", (line as Row<"observations">).fields.visit_id);
  return visit && shiftOf(records, visit);
}
