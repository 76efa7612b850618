/** What one pass says of itself put together with what another says, when two become one. Pure. */
import { LONGEST_NOTE, MOST_ITEMS, newestOf } from "./handover";
import type { Shift } from "./records";

/** What a person writes of a pass beside its lines. Minutes per arena follow from the lines. */
export const FACTS = ["handover_note", "open_items", "mumin", "incidents", "other_participants", "reason"] as const;
export type Fact = (typeof FACTS)[number];

/** What a pass was for. Two answers to it never become one: a reinforcement counts for whoever asked for it. */
export type Purpose = "assignment" | "event" | "kind";

/** What the passes were for otherwise. *Dag*, *kväll* and *natt* are one evening's hours, and the other's stand. */
export function otherPurpose(from: Shift, into: Shift): Purpose[] {
  const differs: Record<Purpose, boolean> = {
    assignment: from.assignment !== into.assignment || from.requested_by !== into.requested_by,
    event: Boolean(from.event) && Boolean(into.event) && from.event !== into.event,
    kind: from.kind === "event" && into.kind !== "event",
  };
  return (Object.keys(differs) as Purpose[]).filter((purpose) => differs[purpose]);
}

const MOST_COUNTED = 1_000;

const saysFact = (shift: Shift, fact: Fact): boolean => {
  const value = shift[fact];
  if (fact === "mumin") return shift.mumin.some(({ count }) => count > 0);
  if (fact === "incidents") return Object.values(shift.incidents).some((n) => n > 0);
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
};

/** The facts of both passes in one: what changes on `into`, and what finds no room there. */
export function mergedFacts(from: Shift, into: Shift): { fields: Partial<Shift>; left: Fact[] } {
  const said = FACTS.filter((fact) => saysFact(from, fact));
  const merged = said.map((fact) => [fact, MERGE[fact](from, into)] as const);
  return {
    fields: Object.fromEntries(merged.filter(([, value]) => value !== null)) as Partial<Shift>,
    left: merged.filter(([, value]) => value === null).map(([fact]) => fact),
  };
}

/** Each gives null where both together are more than a pass may say. */
const MERGE: { [F in Fact]: (from: Shift, into: Shift) => Shift[F] | null } = {
  handover_note: ({ handover_note: more }, { handover_note: said }) => {
    const paragraphs = said.split("\n");
    const both = [said, ...more.split("\n").filter((one) => !paragraphs.includes(one))].filter((one, at) => at > 0 || one).join("\n");
    return both.length <= LONGEST_NOTE ? both : null;
  },
  open_items: ({ open_items: more }, { open_items: said }) => {
    const both = newestOf([...said, ...more]);
    return both.length <= MOST_ITEMS ? both : null;
  },
  mumin: ({ mumin: more }, { mumin: said }) => {
    const sums = summed([...said, ...more].map(({ delegated_by, count }) => [delegated_by, count]));
    return sums && Object.entries(sums).map(([delegated_by, count]) => ({ delegated_by, count }));
  },
  incidents: ({ incidents: more }, { incidents: said }) => summed([...Object.entries(said), ...Object.entries(more)]),
  other_participants: ({ other_participants: more }, { other_participants: said }) => Math.max(said, more),
  reason: ({ reason: more }, { reason: said }) => (said === "" || said === more ? more : null),
};

function summed(rows: readonly (readonly [string, number])[]): Record<string, number> | null {
  const sums: Record<string, number> = {};
  for (const [key, n] of rows) sums[key] = (sums[key] ?? 0) + n;
  return Object.values(sums).every((n) => n <= MOST_COUNTED) ? sums : null;
}
