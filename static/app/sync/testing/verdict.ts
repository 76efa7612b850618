/**
 * S17: what a run must not show. *Lost*: saved, and in the end neither in effect nor in a conflict, a rejection, held
 * or late. *Doubled*: more than once with the server. *Changed*: another content than was saved, or shown otherwise
 * than the server has it.
 */
import type { RunningApp } from "../../createApp";
import type { CollectionName, Resolution } from "../../domain/records";
import type { Fields, Projected } from "../../ports";
import type { Saved } from "./actions";
import { KEPT, type Logged, type Stored } from "./modelRecords";
import { isSame, SET } from "./modelRules";
import type { ModelServer } from "./modelServer";
import type { Outcome } from "./simulation";

export interface Verdict {
  lost: string[];
  doubled: string[];
  changed: string[];
  other: string[];
}

export function judge({ server, phones, saved, unsure, problems }: Outcome): Verdict {
  const verdict: Verdict = { lost: [], doubled: [], changed: [], other: [...problems] };
  const logged = [...server.log.values()];
  const claimed = new Set<Logged>();
  for (const action of saved) {
    const found = logged.find((entry) => !claimed.has(entry) && isOf(entry, action));
    if (found) claimed.add(found);
    else verdict.lost.push(`never received: ${JSON.stringify(action)}`);
  }
  for (const entry of logged) {
    if (!claimed.has(entry) && !unsure.some((action) => isOf(entry, action))) verdict.doubled.push(`nobody saved: ${entry.content}`);
    const fate = fateOf(server, entry);
    if (fate) verdict.lost.push(`${fate}: ${entry.content}`);
  }
  verdict.changed.push(...server.reused.map((id) => `came again with other content: ${id}`));
  for (const [device, used] of server.sequences) {
    const numbers = [...used.keys()].sort((a, b) => a - b);
    if ([...used.values()].includes("twice")) verdict.doubled.push(`${device} used a device_seq twice`);
    if (numbers.some((number, at) => number !== at + 1)) verdict.lost.push(`${device} has gaps: ${numbers.join(",")}`);
  }
  for (const phone of phones) for (const tab of phone.tabs) verdict.changed.push(...differences(server, tab));
  return verdict;
}

/** The mutation a save has written: of its fields only those that were new to the record travel. */
function isOf({ device, mutation }: Logged, action: Saved): boolean {
  if (device !== action.device || mutation.record_id !== action.id || mutation.op !== action.op || mutation.collection !== action.collection) return false;
  const names = Object.keys(mutation.fields);
  return (names.length > 0 || action.op === "delete") && names.every((name) => isSame(mutation.fields[name], action.fields[name]));
}

/** Return what is wrong with a received mutation's end, or null where it is in effect or kept (PU6). */
function fateOf(server: ModelServer, { mutation, receipt }: Logged): string | null {
  const { id, collection, record_id, op, fields } = mutation;
  const kept = (name: string): Stored | undefined => server.get(name, `${name}-${id}`);
  // PL4: disposal takes the record and everything kept about it.
  if (server.get(collection, record_id)?.gone === "disposed" || KEPT.some((name) => kept(name)?.gone === "disposed")) return null;
  const rejection = kept("rejections");
  if (rejection && !isSame(rejection.fields.fields, fields)) return "its rejection holds something else";
  if (rejection && rejection.fields.state !== "replayed") return null;
  if (KEPT.slice(2).some((name) => kept(name)?.fields.state === "waiting")) return null;
  if (receipt.status === "rejected" && !rejection) return "rejected and not kept";
  const record = server.get(collection, record_id);
  if (!record) return "in effect nowhere";
  const conflict = kept("conflicts");
  const beside = (conflict?.fields.sent ?? {}) as Fields;
  if (op === "delete") return record.gone || beside.deleted === true ? null : "deleted nothing";
  if (KEPT.includes(collection)) return hasDecided(record, fields) ? null : "decided nothing";
  const missing = Object.entries(fields).filter(([name, value]) => (
    !isSame(beside[name], value) && !(name === SET ? hasTakenPart(record, mutation.base_version, value) : record.history.some(({ changed }) => name in changed && isSame(changed[name], value)))
  ));
  return missing.length > 0 ? `without effect in ${missing.map(([name]) => name).join(", ")}` : null;
}

/** PU7: of a set, what was added to the version it was written on has stood without what was taken away. */
function hasTakenPart(record: Stored, base: number, value: unknown): boolean {
  const sets = record.history.filter(({ changed }) => SET in changed).map(({ number, changed }) => ({ number, items: changed[SET] as string[] }));
  const before = sets.filter(({ number }) => number <= base).at(-1)?.items ?? [];
  const wanted = value as string[];
  const added = wanted.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !wanted.includes(item));
  return sets.some(({ items }) => added.every((item) => items.includes(item)) && removed.every((item) => !items.includes(item)));
}

const hasDecided = (record: Stored, fields: Fields): boolean => record.history.some(({ changed }) => (
  "resolution" in fields ? isSame(changed.resolution as Resolution, fields.resolution) : changed.state === fields.state
));

/** What one tab shows otherwise than the server has it for this person. */
function differences(server: ModelServer, tab: RunningApp): string[] {
  const user = tab.session()?.user.id;
  if (!user) return ["a phone is signed out"];
  const projection = tab.projection();
  const found: string[] = [];
  const waiting = ["held", "late"].flatMap((name) => server.all(name)).filter(({ fields }) => fields.author_id === user && fields.state === "waiting");
  const removed = new Set<unknown>(waiting.filter(({ fields }) => fields.op === "delete").map(({ fields }) => fields.record_id));
  for (const name of ["shifts", "visits", "observations", ...KEPT] as CollectionName[]) {
    const parentField = { visits: "shift_id", observations: "visit_id" }[name as string];
    const shownAbove = parentField ? new Set<unknown>(projection.all(name === "visits" ? "shifts" : "visits").map(({ id }) => id)) : null;
    const theirs = server.all(name).filter((record) => server.sees(user, record) && !removed.has(record.id))
      .filter((record) => !shownAbove || shownAbove.has(record.fields[parentField!]));
    const shown = new Map<string, Projected>(projection.all(name).map((record) => [record.id, record]));
    for (const record of theirs) {
      const seen = shown.get(record.id);
      const same = seen?.version === record.version && isShownAs(seen, record, waiting.filter(({ fields }) => fields.record_id === record.id));
      if (!same) found.push(`${user} sees ${name} ${JSON.stringify(seen ?? null)} for ${record.version} ${JSON.stringify(record.fields)}`);
      shown.delete(record.id);
    }
    for (const record of shown.values()) {
      const ownRefused = record.version === 0 && (record.tick === "refused" || record.waits !== null);
      if (!ownRefused) found.push(`${user} sees ${name} ${record.id} (${record.tick}, version ${record.version}), which the server does not show`);
    }
    for (const record of projection.all(name)) if (record.tick === "saved" || record.tick === "sending") found.push(`${name} ${record.id} is still ${record.tick}`);
  }
  const { held, late } = tab.status();
  if (held + late !== waiting.length) found.push(`${user} is told of ${held} held and ${late} late, ${waiting.length} wait`);
  return found;
}

/** Own held and late edits lie over the server's values; everything else is shown as the server has it. */
function isShownAs(seen: Projected, record: Stored, waiting: readonly Stored[]): boolean {
  const laid = waiting.map(({ fields }) => fields.fields as Fields);
  const shown = seen.fields as unknown as Fields;
  const names = new Set([shown, record.fields, ...laid].flatMap((fields) => Object.keys(fields)));
  return (seen.waits !== null) === waiting.length > 0 && [...names].every((name) => {
    const over = laid.filter((fields) => name in fields);
    return over.length > 0 ? over.some((fields) => isSame(fields[name], shown[name])) : isSame(shown[name], record.fields[name]);
  });
}
