/** S17: what a person does on a phone in one step of a plan. Every save carries a word found nowhere else. */
import type { CollectionName, Resolution } from "../../domain/records";
import type { Commands, Fields, Projected, Projection } from "../../ports";
import type { Step } from "./plan";

/** One mutation that the person saw as *Sparad på mobilen*. */
export interface Saved {
  device: string;
  collection: string;
  id: string;
  op: "create" | "update" | "delete";
  fields: Fields;
}
export type Written = Omit<Saved, "device">;
/** A write under way, with what it will have written. */
export interface Writing {
  done: Promise<unknown>;
  written: Written[];
}

const SHIFT = { team_id: "team", district: "farsta", kind: "evening", status: "draft", started_at: "2026-11-23T18:00:00+01:00" };
const WORD_FIELD: Record<string, (word: string) => Fields> = {
  shifts: (word) => ({ reason: word }), visits: (word) => ({ actions: [word] }), observations: (word) => ({ note: word }),
};

const chosen = <T>(from: readonly T[], pick: number): T | undefined => from[pick % Math.max(1, from.length)];
const loose = (record: Projected): Fields => record.fields as unknown as Fields;

/** Start a save of the kind asked for, or null where there is nothing to do it to. */
export function save(commands: Commands, projection: Projection, { kind, pick }: Extract<Step, { do: "save" }>, word: string, users: readonly string[]): Writing | null {
  const create = (collection: CollectionName, fields: Fields): Writing => {
    const written: Written = { collection, id: "", op: "create", fields };
    const done = commands.create(collection, fields).then((id) => (written.id = id));
    return { done, written: [written] };
  };
  const update = (record: Projected | undefined, fields: Fields): Writing | null => {
    if (!record || record.tick === "refused") return null;
    return { done: commands.update(record.collection, record.id, fields), written: [{ collection: record.collection, id: record.id, op: "update", fields }] };
  };
  const shift = chosen(projection.all("shifts"), pick);
  const visit = chosen(projection.all("visits"), pick);
  const observation = chosen(projection.all("observations"), pick);
  if (kind < 3 || !shift) return create("shifts", { ...SHIFT, reason: word, participant_ids: [chosen(users, pick)], ...(pick % 12 === 0 ? { poison: true } : {}) });
  if (kind < 6) return create("visits", { shift_id: shift.id, outcome: "observed", actions: [word], ...(pick % 15 === 0 ? { poison: true } : {}) });
  if (kind < 8 && visit) return create("observations", { visit_id: visit.id, note: word });
  if (kind < 11) return update(shift, { reason: word });
  if (kind < 12) return update(shift, { handover_note: word, status: "submitted" });
  if (kind < 14) return update(shift, { reason: word, participant_ids: toggled(loose(shift).participant_ids, chosen(users, pick + kind)!) });
  if (kind < 16) return update(visit, pick % 2 === 0 ? { actions: [word] } : { outcome: "not_visited", not_visited_reason: "time", actions: [word] });
  if (kind < 18) return update(observation, { note: word });
  return remove(commands, projection, kind === 18 ? observation : visit);
}

function toggled(value: unknown, user: string): string[] {
  const list = Array.isArray(value) ? (value as string[]) : [];
  return list.includes(user) ? list.filter((one) => one !== user) : [...list, user];
}

function remove(commands: Commands, projection: Projection, record: Projected | undefined): Writing | null {
  if (!record || record.tick === "refused") return null;
  const below = record.collection !== "visits" ? [] : projection.all("observations").filter(({ fields }) => fields.visit_id === record.id);
  const gone = (one: Projected): Written => ({ collection: one.collection, id: one.id, op: "delete", fields: {} });
  return { done: commands.remove(record.collection, record.id), written: [...below, record].map(gone) };
}

/** Start a decision on something refused or in conflict, or null where there is none. */
export function decide(commands: Commands, projection: Projection, { how, pick }: Extract<Step, { do: "decide" }>, word: string, userId: string): Writing | null {
  if (how === "resolve") {
    const conflict = chosen(projection.all("conflicts").filter(({ fields }) => fields.state === "open"), pick);
    if (!conflict) return null;
    const resolution: Resolution = Object.fromEntries(Object.keys(conflict.fields.sent).map((name, at) => (
      [name, [{ choice: "server" as const }, { choice: "sent" as const }, { choice: "other" as const, value: name === "participant_ids" ? [] : word }][(pick + at) % 3]!]
    )));
    return { done: commands.resolve(conflict.id, resolution), written: [{ collection: "conflicts", id: conflict.id, op: "update", fields: { resolution } }] };
  }
  const own = projection.all("rejections").filter(({ fields }) => fields.author_id === userId);
  const states = { correct: ["open", "handed_over"], discard: ["open", "handed_over"], handOver: ["open"], takeBack: ["discarded", "handed_over"] }[how];
  const rejection = chosen(own.filter(({ fields }) => states.includes(fields.state)), pick);
  if (!rejection) return null;
  if (how !== "correct") {
    const state = { discard: "discarded", handOver: "handed_over", takeBack: "open" }[how];
    return { done: commands[how](rejection.id), written: [{ collection: "rejections", id: rejection.id, op: "update", fields: { state } }] };
  }
  const { collection, record_id, op, fields } = rejection.fields;
  const make = WORD_FIELD[collection];
  if (!make) return null;
  const known = (projection.get(collection as CollectionName, record_id)?.version ?? 0) > 0;
  const { poison: _poison, ...rest } = { ...fields, ...make(word) } as Fields;
  return {
    done: commands.correct(rejection.id, { ...make(word), poison: undefined }),
    written: [{ collection, id: record_id, op: op === "create" && known ? "update" : op, fields: op === "delete" ? {} : rest }],
  };
}
