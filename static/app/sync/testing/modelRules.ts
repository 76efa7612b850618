/** PU5 and PU7 as the model server applies them: what becomes of an update, field by field. Pure. */
import type { Fields } from "../../ports";

/** One version of a record: who made it, what it changed, and a set's value as its sender meant it. */
export interface Version {
  number: number;
  device: string;
  changed: Fields;
  sent: Fields;
}

/** PU7: these stand or fall together. */
const GROUPS: readonly (readonly string[])[] = [
  ["site_id", "school_unit_code", "place", "neighbourhood"], ["outcome", "not_visited_reason"], ["started_at", "ended_at"],
  ["arrived_at", "left_at"], ["assignment", "requested_by"],
];
export const SET = "participant_ids";

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Fields changed after the base version by anything but this device's own mutations. */
export const changedByOthers = (history: readonly Version[], base: number, device: string): Set<string> => new Set(
  history.filter((version) => version.number > base && version.device !== device).flatMap((version) => Object.keys(version.changed)),
);

export interface Merge {
  applied: Fields;
  conflicting: Fields;
  /** Whether the other side changed anything at all. */
  met: boolean;
}

export function merge(current: Fields, sent: Fields, history: readonly Version[], base: number, device: string): Merge {
  const others = changedByOthers(history, base, device);
  const result: Merge = { applied: {}, conflicting: {}, met: others.size > 0 };
  for (const unit of new Set(Object.keys(sent).map((name) => GROUPS.find((group) => group.includes(name)) ?? [name]))) {
    const names = unit.filter((name) => name in sent);
    if (names[0] === SET && others.size > 0) {
      const united = mergedSet(baseOf(history, base, device), listOf(sent[SET]), listOf(current[SET]));
      if (!isSame(united, current[SET])) result.applied[SET] = united;
    } else if (names.every((name) => isSame(sent[name], current[name]))) continue;
    else {
      const into = unit.some((name) => others.has(name)) ? result.conflicting : result.applied;
      for (const name of names) if (into === result.conflicting || !isSame(sent[name], current[name])) into[name] = sent[name];
    }
  }
  return result;
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

/** The set as the device saw it when it wrote: the newest version it had confirmed or made itself. */
function baseOf(history: readonly Version[], base: number, device: string): string[] {
  let seen: unknown = [];
  for (const version of history) {
    const later = version.number > base;
    if (later && version.device !== device) continue;
    if (later && SET in version.sent) seen = version.sent[SET];
    else if (SET in version.changed) seen = version.changed[SET];
  }
  return listOf(seen);
}

function mergedSet(before: string[], wanted: string[], now: string[]): string[] {
  const kept = now.filter((item) => !before.includes(item) || wanted.includes(item));
  return [...kept, ...wanted.filter((item) => !before.includes(item) && !kept.includes(item))];
}
