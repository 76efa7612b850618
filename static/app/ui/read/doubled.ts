/** Two passes of the same people at the same time: which they are, and which of them goes into the other. Pure. */
import { otherPurpose } from "../../domain/mergedFacts";
import type { Projection } from "../../ports";
import { LONGEST_SHIFT_MS, visitsOf, type Row } from "./shifts";

type Pass = Row<"shifts">;

const spanOf = ({ fields }: Pass): [number, number] => {
  const start = Date.parse(fields.started_at);
  return [start, fields.ended_at ? Date.parse(fields.ended_at) : start + LONGEST_SHIFT_MS];
};

/** Another pass that is not approved, at the same time and with some of the same people: the evening became two. */
export function doubled(records: Projection, shift: Pass): Pass | undefined {
  const [start, end] = spanOf(shift);
  return records.all("shifts").find((other) => {
    const [from, until] = spanOf(other);
    return other.id !== shift.id && other.fields.status !== "approved" && from < end && start < until
      && other.fields.participant_ids.some((id) => shift.fields.participant_ids.includes(id));
  });
}

/**
 * A draft of which nothing would be lost in the other: no visit, nothing said of it but who is on it and when, and both
 * for the same. A reinforcement never goes into an ordinary evening unasked.
 */
export const leavesNothing = (records: Projection, shift: Pass, { fields: other }: Pass): boolean =>
  isBlank(records, shift) && otherPurpose(shift.fields, other).length === 0 && (!shift.fields.event || shift.fields.event === other.event);

function isBlank(records: Projection, { id, fields }: Pass): boolean {
  const counted = [...Object.values(fields.arena_minutes), ...Object.values(fields.incidents), ...fields.mumin.map((row) => row.count)];
  return fields.status === "draft" && visitsOf(records, id).length === 0 && fields.handover_note === "" && fields.reason === ""
    && fields.open_items.length === 0 && fields.other_participants === 0 && counted.every((n) => !n);
}

/**
 * Whether this pass is the one that goes into the other: of two drafts the one begun later. Two who read the same
 * notice would else both tap, and each write into the pass the other has just removed; by what is on the passes they
 * can't agree, because each phone knows other lines. Where the other can't go, or its people don't know of this one,
 * it is always this one.
 */
export function goesInto(shift: Pass, other: Pass, userId: string): boolean {
  const isKnownThere = shift.fields.team_id === other.fields.team_id
    || other.fields.participant_ids.some((id) => id !== userId && shift.fields.participant_ids.includes(id));
  if (other.fields.status !== "draft" || !isKnownThere) return true;
  const later = Date.parse(shift.fields.started_at) - Date.parse(other.fields.started_at);
  return later === 0 ? shift.id > other.id : later > 0;
}
