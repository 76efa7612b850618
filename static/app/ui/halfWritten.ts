/**
 * What is half written about a pass that goes into another. What was typed about its lines goes along with them; what
 * was typed about the pass itself has no place on the other, and keeps it. Knows the forms by their drafts.
 */
import { isEqual } from "../domain/equal";
import type { Changes, Draft } from "../ports";
import { written } from "./actions";
import { NotNow } from "./announce";
import { DRAFTS } from "./draft";
import type { Line } from "./read/movable";
import type { Seen } from "./read/seen";
import type { Row } from "./read/shifts";
import { commands } from "./state";

type Written = Row<"visits"> | Row<"observations">;
type Opened = Seen<"visits"> | Seen<"observations">;
/** A form's draft, with the records it was opened on. */
interface Form {
  seen: Opened | { visit: Opened; observation: Opened | null };
}

export interface HalfWritten {
  /** Keeps all of it for the records it is about now, in the step that writes them; `ids`: the new id of each old one. */
  carry(put: Changes, ids: ReadonlyMap<string, string>): void;
  /** Lets go of what was carried. */
  drop(): void;
}

/** Raises NotNow where the pass goes and something of it is half written, or a line was, and has changed since. */
export function halfWritten(drafts: readonly Draft[], shiftId: string, lines: readonly Line[], goes: boolean): HalfWritten {
  const all = new Map(drafts.map(({ key, value }) => [key, value]));
  if (goes && all.has(DRAFTS.check(shiftId))) throw new NotNow("doubled.begunCheck");
  if (goes && all.has(DRAFTS.facts(shiftId))) throw new NotNow("doubled.begunFacts");
  const found = new Map([...all].filter(([key]) => goes && key.startsWith(DRAFTS.lateVisit(shiftId, ""))));
  for (const { visit, observations } of lines) {
    const forms: [string, Written | undefined][] = [
      [DRAFTS.visit(visit.id), undefined], [DRAFTS.newObservation(visit.id), undefined], ...observations.map((row): [string, Written] => [DRAFTS.observation(row.id), row]),
    ];
    for (const [key, observation] of forms) if (all.has(key)) found.set(key, afresh(all.get(key) as Form, visit, observation));
  }
  return {
    carry: (put, ids) => found.forEach((value, key) => put.keep(key.split(":").map((part) => ids.get(part) ?? part).join(":"), value)),
    drop: () => found.forEach((_, key) => void commands().dropDraft(key).catch(() => undefined)),
  };
}

/** On the new record nobody has said anything yet: the form stands on its first version, with what it says now. */
function afresh(form: Form, visit: Row<"visits">, observation: Written | undefined): Form {
  const standing = (opened: Opened, row: Written): Opened => {
    if (opened.version !== row.version && !isEqual(written({ ...row, fields: opened.fields } as Written), written(row))) throw new NotNow("doubled.begunLine");
    return { ...opened, version: 0 };
  };
  const { seen } = form;
  if ("version" in seen) return { ...form, seen: standing(seen, visit) };
  return { ...form, seen: { visit: standing(seen.visit, visit), observation: seen.observation && observation ? standing(seen.observation, observation) : null } };
}
