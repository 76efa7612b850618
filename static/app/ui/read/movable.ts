/**
 * What of one pass its reader may write anew on another of the same people, and what stays. A visit can't change its
 * pass: its author writes it there and removes it here, and nobody else's line is written in their name. Pure.
 */
import { isEqual } from "../../domain/equal";
import { mergedFacts, FACTS, otherPurpose, type Fact, type Purpose } from "../../domain/mergedFacts";
import type { Shift } from "../../domain/records";
import type { Projection } from "../../ports";
import { conflictOf } from "./conflicts";
import { goesInto } from "./doubled";
import { isEditable, isUnderWayAt, LONGEST_SHIFT_MS, observationsOf, visitsOf, type Row } from "./shifts";

/** A visit with what was seen there. */
export interface Line {
  visit: Row<"visits">;
  observations: Row<"observations">[];
}

/** What stays on the pass, and why. */
export interface Left {
  /** Colleagues with visits of their own. */
  writers: string[];
  /** Visits that several have written on. */
  shared: number;
  /** One's own, or the pass itself, that were refused, wait, or have two values to choose between. */
  stuck: number;
  /** What is said of the pass, what it was for, or who is on it, and can't go along yet. */
  facts: (Fact | Purpose | "participant_ids")[];
}

export interface Move {
  /** One's own visits, all of whose lines are one's own, in the order of the evening. */
  lines: Line[];
  /** When a visit under way ends, by its id: a group is at one place, and left the one before when it came to the next. */
  leavings: ReadonlyMap<string, string>;
  /** What changes on the other pass; to be written first, because it lets one in. */
  other: Partial<Shift>;
  /** Nothing is left here: the pass goes. */
  removes: boolean;
  /** One is not on the other pass yet. */
  enters: boolean;
  /** What is left is colleagues' alone: one goes over and they stay. */
  leaves: boolean;
  left: Left;
}

export interface Reader {
  userId: string;
  /** Teams one works in the field for. */
  teamIds: readonly string[];
}

/** Null where neither pass may change now, or the other one is to go into this. */
export function moveInto(records: Projection, shift: Row<"shifts">, other: Row<"shifts">, { userId, teamIds }: Reader): Move | null {
  const mayChange = isWritten(other, userId) || other.fields.participant_ids.includes(userId);
  const mayEnter = mayChange || teamIds.includes(other.fields.team_id);
  if (shift.fields.status !== "draft" || !isEditable(other) || isUnsettled(records, other) || !mayEnter) return null;
  if (!goesInto(shift, other, userId)) return null;
  const { lines, ...kept } = sorted(records, shift, userId);
  const isAlone = kept.writers.length + kept.shared + kept.stuck === 0;
  const facts = isAlone ? factsOf(shift, other, userId, mayChange) : { fields: {}, left: [] };
  const removes = isAlone && facts.left.length === 0;
  const people = removes ? [...other.fields.participant_ids, ...shift.fields.participant_ids] : other.fields.participant_ids;
  const isColleagues = kept.writers.length > 0 && kept.shared + kept.stuck === 0;
  return {
    lines,
    leavings: leavingsOf(lines, visitsOf(records, other.id)),
    other: {
      participant_ids: [...new Set([...people, userId])],
      ...(removes && facts.fields),
      ...(mayChange && widened(lines, other.fields)),
    },
    removes,
    enters: !other.fields.participant_ids.includes(userId),
    leaves: isColleagues && shift.fields.participant_ids.some((id) => id !== userId) && shift.fields.participant_ids.includes(userId),
    left: { ...kept, facts: facts.left },
  };
}

/** Whether a tap would do anything; once one is on the other pass, the next one takes along what had to stay. */
export const isWorthwhile = ({ lines, removes, leaves, enters, left }: Move): boolean =>
  lines.length > 0 || removes || leaves || (enters && left.facts.length > 0);

/** The server says who wrote a record; until it has it, this phone did. */
const isWritten = (row: Row<"shifts" | "visits" | "observations">, userId: string): boolean =>
  row.version === 0 || row.fields.created_by === userId;

const isUnsettled = (records: Projection, row: Row<"shifts" | "visits" | "observations">): boolean =>
  row.rejectionId !== null || row.waits !== null || conflictOf(records, row.collection, row.id) !== undefined;

function sorted(records: Projection, shift: Row<"shifts">, userId: string): { lines: Line[] } & Omit<Left, "facts"> {
  const found = { lines: [] as Line[], writers: new Set<string>(), shared: 0, stuck: isUnsettled(records, shift) ? 1 : 0 };
  for (const visit of [...visitsOf(records, shift.id)].reverse()) {
    const observations = [...observationsOf(records, visit.id)].reverse();
    const all = [visit, ...observations];
    const authors = new Set(all.map((row) => (isWritten(row, userId) ? userId : (row.fields.created_by ?? ""))));
    if (authors.size > 1) found.shared++;
    else if (!authors.has(userId)) authors.forEach((id) => found.writers.add(id));
    else if (all.some((row) => isUnsettled(records, row))) found.stuck++;
    else found.lines.push({ visit, observations });
  }
  return { ...found, writers: [...found.writers] };
}

/**
 * From outside one puts only oneself on a pass (access.md): what this one says waits until one is on it, but for what
 * stands there already, as the items that both took over.
 */
function factsOf(shift: Row<"shifts">, other: Row<"shifts">, userId: string, mayChange: boolean): { fields: Partial<Shift>; left: Left["facts"] } {
  const { fields, left } = mergedFacts(shift.fields, other.fields);
  const apart = otherPurpose(shift.fields, other.fields);
  const { event, briefing_id, plan_id, team_id } = shift.fields;
  if (mayChange) {
    const named = {
      event: other.fields.event ?? event,
      briefing_id: other.fields.briefing_id ?? briefing_id,
      // A plan is its team's: another team's pass answers none of ours.
      ...(team_id === other.fields.team_id && { plan_id: other.fields.plan_id ?? plan_id }),
    };
    return { fields: { ...fields, ...named }, left: [...left, ...apart] };
  }
  const news = FACTS.filter((fact) => left.includes(fact) || (fact in fields && !isEqual(fields[fact], other.fields[fact])));
  const strangers = shift.fields.participant_ids.filter((id) => id !== userId && !other.fields.participant_ids.includes(id));
  const alone = event && !other.fields.event ? ["event" as const] : [];
  return { fields: {}, left: [...news, ...apart, ...alone, ...(strangers.length > 0 ? ["participant_ids" as const] : [])] };
}

function leavingsOf(lines: readonly Line[], there: readonly Row<"visits">[]): Map<string, string> {
  const [ours, theirs] = [lines.map(({ visit }) => visit).filter(isUnderWayAt), there.filter(isUnderWayAt)];
  if (ours.length === 0) return new Map();
  const inOrder = [...theirs, ...ours].sort((a, b) => Date.parse(a.fields.arrived_at) - Date.parse(b.fields.arrived_at));
  return new Map(inOrder.slice(0, -1).map(({ id }, at) => [id, inOrder[at + 1]!.fields.arrived_at]));
}

/**
 * The other pass's times, where what was done there lies outside them. A place not visited takes no time, and one so
 * far off that the pass would be longer than a day stays outside.
 */
function widened(lines: readonly Line[], { started_at, ended_at }: Shift): Partial<Shift> {
  let [first, last] = [started_at, ended_at ?? started_at];
  for (const { visit, observations } of lines.filter(({ visit }) => visit.fields.outcome !== "not_visited")) {
    const { arrived_at, left_at } = visit.fields;
    const moments = [first, last, arrived_at, ...(left_at ? [left_at] : []), ...observations.map(({ fields }) => fields.observed_at)];
    const [from, until] = [moments.reduce(earlier), moments.reduce(later)];
    if (Date.parse(until) - Date.parse(from) <= LONGEST_SHIFT_MS) [first, last] = [from, until];
  }
  return { ...(first !== started_at && { started_at: first }), ...(ended_at && last !== ended_at && { ended_at: last }) };
}

const earlier = (one: string, at: string): string => (Date.parse(at) < Date.parse(one) ? at : one);
const later = (one: string, at: string): string => (Date.parse(at) > Date.parse(one) ? at : one);
