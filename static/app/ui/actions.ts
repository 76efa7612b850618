/**
 * What a person does during a pass, one function an action: the writes it takes and how to take it
 * back. Screens call these; nothing here draws.
 */
import type { Collections, Observation, Resolution, Shift, Visit, Walk } from "../domain/records";
import type { Key } from "../i18n";
import { announceSaved, attempt } from "./announce";
import { observationsOf, openVisit, type Row } from "./read/shifts";
import { NOWHERE, type Where } from "./read/places";
import { correction } from "./read/refused";
import type { ShiftStart } from "./read/start";
import { app, commands } from "./state";
import { remember, type Step } from "./undo";

type Editable = "shifts" | "visits" | "observations" | "walks" | "briefings";

/**
 * How to take back a change of some fields: the earlier values, on the version they stood in, so that what somebody
 * else has said since meets them as a conflict (PU5). Of who is on a pass only the difference, because on that version
 * the earlier list would change nothing (PU7).
 */
export function before<C extends Editable>(row: Row<C>, fields: Partial<Collections[C]>): Step[] {
  const { participant_ids: people, ...rest } = fields as Partial<Shift>;
  const old = Object.fromEntries(Object.keys(rest).map((key) => [key, row.fields[key as keyof Collections[C]]]));
  return [
    ...(Object.keys(old).length > 0 ? [{ do: "update", collection: row.collection, id: row.id, fields: old, seen: row.version } as const] : []),
    ...(people ? [{ do: "people", id: row.id, ...difference((row as Row<"shifts">).fields.participant_ids, people) } as const] : []),
  ];
}

const difference = (was: readonly string[], is: readonly string[]): { added: string[]; removed: string[] } => (
  { added: is.filter((id) => !was.includes(id)), removed: was.filter((id) => !is.includes(id)) }
);

export async function run(label: Key, write: () => Promise<Step[]>): Promise<boolean> {
  return attempt(async () => {
    remember(label, await write());
    announceSaved(label);
  });
}

/** Returns the new pass's id, or null when it could not be kept. */
export async function startShift(start: ShiftStart): Promise<string | null> {
  let id = "";
  const kept = await run("action.shiftStarted", async () => {
    id = await commands().create("shifts", { started_at: commands().timestamp(), status: "draft", ...start });
    return [{ do: "remove", collection: "shifts", id }];
  });
  return kept ? id : null;
}

/** `seen`: the version a form was opened on, here and below; by default the record as it stands. */
export const changeShift = (shift: Row<"shifts">, fields: Partial<Shift>, seen = shift.version): Promise<boolean> =>
  run("action.changed", async () => {
    const undo = before(shift, fields);
    await commands().update("shifts", shift.id, fields, seen);
    return undo;
  });

/** *Gå med*: puts oneself on a colleague's pass; taken back, one is off it again. */
export const joinShift = (shift: Row<"shifts">, userId: string): Promise<boolean> =>
  run("action.joined", async () => {
    const fields = { participant_ids: [...shift.fields.participant_ids, userId] };
    await commands().update("shifts", shift.id, fields);
    return before(shift, fields);
  });

/** *Vi är här*: ends the visit under way, begins one at the new place. */
export const arrive = (shiftId: string, where: Where): Promise<boolean> =>
  run("action.arrived", async () => {
    const at = commands().timestamp();
    const open = openVisit(app().projection(), shiftId);
    const id = await commands().together((put) => {
      if (open) put.update("visits", open.id, { left_at: at });
      return put.create("visits", { ...where, shift_id: shiftId, arrived_at: at, outcome: "observed" });
    });
    return [...(open ? before(open, { left_at: at }) : []), { do: "remove", collection: "visits", id }];
  });

export const leave = (visit: Row<"visits">): Promise<boolean> =>
  run("action.left", async () => {
    const fields = { left_at: commands().timestamp() };
    await commands().update("visits", visit.id, fields);
    return before(visit, fields);
  });

export const noteNothing = (visit: Row<"visits">): Promise<boolean> =>
  run("action.nothingNoted", async () => {
    await commands().update("visits", visit.id, { outcome: "nothing_noted" });
    return before(visit, { outcome: "nothing_noted" });
  });

/** *Ej besökt* with its reason; the place is no visit and counts in no minutes. */
export const skip = (shift: Row<"shifts">, siteId: string, reason: NonNullable<Visit["not_visited_reason"]>): Promise<boolean> =>
  run("action.notVisited", async () => {
    const id = await commands().create("visits", {
      ...NOWHERE,
      shift_id: shift.id,
      site_id: siteId,
      arena: "outdoor",
      arrived_at: shift.fields.ended_at ?? commands().timestamp(),
      outcome: "not_visited",
      not_visited_reason: reason,
    });
    return [{ do: "remove", collection: "visits", id }];
  });

/** Writes a visit in afterwards, with the times one remembers. */
export const addVisit = (fields: Partial<Visit>): Promise<boolean> =>
  run("action.visitAdded", async () => {
    const id = await commands().create("visits", { ...fields, entered_afterwards: true });
    return [{ do: "remove", collection: "visits", id }];
  });

export const changeVisit = (visit: Row<"visits">, fields: Partial<Visit>, seen = visit.version): Promise<boolean> =>
  run("action.changed", async () => {
    await commands().update("visits", visit.id, fields, seen);
    return before(visit, fields);
  });

/** A new observation. What was said about the visit itself goes with it, and the visit is no longer "nothing". */
export const noteObservation = (
  visit: Row<"visits">, fields: Partial<Observation>, aboutVisit: Partial<Visit>, seenVisit = visit.version,
): Promise<boolean> =>
  run("action.noted", async () => {
    const about = withObserved(visit, aboutVisit);
    const id = await commands().together((put) => {
      // The visit first: nothing can be seen at one that is still *Ej besökt* (the server's `not_visited`).
      put.update("visits", visit.id, about, seenVisit);
      return put.create("observations", { ...fields, visit_id: visit.id });
    });
    return [...before(visit, about), { do: "remove", collection: "observations", id }];
  });

export const changeObservation = (
  row: Row<"observations">, visit: Row<"visits">, fields: Partial<Observation>, aboutVisit: Partial<Visit>, seen = row.version, seenVisit = visit.version,
): Promise<boolean> =>
  run("action.changed", async () => {
    const about = withObserved(visit, aboutVisit);
    await commands().together((put) => {
      put.update("observations", row.id, fields, seen);
      put.update("visits", visit.id, about, seenVisit);
    });
    return [...before(visit, about), ...before(row, fields)];
  });

const withObserved = (visit: Row<"visits">, fields: Partial<Visit>): Partial<Visit> =>
  visit.fields.outcome === "observed" ? fields : { ...fields, outcome: "observed", not_visited_reason: null };

export const removeObservation = (row: Row<"observations">): Promise<boolean> =>
  run("action.removed", async () => {
    await commands().remove("observations", row.id);
    return [{ do: "create", collection: "observations", fields: written(row), children: [] }];
  });

export const removeVisit = (visit: Row<"visits">): Promise<boolean> =>
  run("action.removed", async () => {
    const children = observationsOf(app().projection(), visit.id);
    // The observations on it go with it, before it (PU9).
    await commands().remove("visits", visit.id);
    return [{
      do: "create",
      collection: "visits",
      fields: written(visit),
      children: children.map((child) => ({ collection: "observations", link: "visit_id", fields: written(child) })),
    }];
  });

const SERVER_SET = new Set(["id", "version", "created_by", "created_at", "received_at", "flags"]);

/** A record's own fields, without what the server sets: of a visit its district too, of a pass its people say it. */
export function written(row: Row<Editable>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row.fields).filter(([key]) => !SERVER_SET.has(key) && !(key === "district" && row.collection === "visits")));
}

export const discardRefused = (rejectionId: string): Promise<boolean> =>
  run("action.discarded", async () => {
    await commands().discard(rejectionId);
    return [{ do: "undiscard", id: rejectionId }];
  });

export const handOver = (rejectionId: string): Promise<boolean> =>
  run("action.handedOver", async () => {
    await commands().handOver(rejectionId);
    return [{ do: "undiscard", id: rejectionId }];
  });

export const changeWalk = (walk: Row<"walks">, fields: Partial<Walk>, seen = walk.version): Promise<boolean> =>
  run("action.changed", async () => {
    await commands().update("walks", walk.id, fields, seen);
    return before(walk, fields);
  });

/** *Rätta*: what was refused goes again as it should be (PU12). */
export const correctRefused = <C extends Editable>(row: Row<C>, form: Partial<Collections[C]>): Promise<boolean> =>
  attempt(async () => {
    if (row.rejectionId) await commands().correct(row.rejectionId, correction(app().projection(), row, form));
    announceSaved("action.changed");
  });

/** PU5: one choice for each field two sides changed; there is no way back but another edit. */
export const resolveConflict = (conflictId: string, resolution: Resolution): Promise<boolean> =>
  attempt(async () => {
    await commands().resolve(conflictId, resolution);
    announceSaved("action.resolved");
  });
