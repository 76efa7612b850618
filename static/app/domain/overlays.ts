/**
 * What lies over the confirmed rows until the server's word on it is here: own held and late mutations first,
 * then the phone's own in order. Pure; the projection puts it on.
 */
import type { Fields, Tick } from "../ports";
import type { Confirmed } from "./plain";
import type { Pending } from "./projection";

export interface Overlay {
  mutationId: string;
  op: string;
  fields: Fields;
  queued: boolean;
  replaces: string | null;
  /** PU9, PU11: answered, and waiting on the server. */
  waits: "held" | "late" | null;
}

interface Laid {
  userId: string;
  confirmed: ReadonlyMap<string, ReadonlyMap<string, Confirmed>>;
  pending: readonly Pending[];
}

/** Return the overlays by collection and record, each list in the order in which it is laid on. */
export function groupOverlays({ confirmed, pending, userId }: Laid): Map<string, Map<string, Overlay[]>> {
  const grouped = new Map<string, Map<string, Overlay[]>>();
  const add = (collection: string, recordId: string, overlay: Overlay): void => {
    let records = grouped.get(collection);
    if (!records) grouped.set(collection, (records = new Map()));
    records.set(recordId, [...(records.get(recordId) ?? []), overlay]);
  };
  const ownHere = new Set(pending.map((entry) => entry.mutation.id));
  for (const waits of ["held", "late"] as const) {
    for (const { fields } of confirmed.get(waits)?.values() ?? []) {
      if (fields.state !== "waiting" || fields.author_id !== userId || ownHere.has(String(fields.mutation_id))) continue;
      add(String(fields.collection), String(fields.record_id), {
        mutationId: String(fields.mutation_id), op: String(fields.op), fields: fields.fields as Fields,
        queued: false, replaces: null, waits,
      });
    }
  }
  for (const entry of pending) {
    const { mutation, state } = entry;
    if (state !== "queued" && state !== "answered") continue;
    add(mutation.collection, mutation.record_id, {
      mutationId: mutation.id, op: mutation.op, fields: mutation.fields,
      queued: state === "queued", replaces: mutation.replaces, waits: waitsOf(entry),
    });
  }
  return grouped;
}

/** Where a mutation on the phone waits, as its receipt says. */
export function waitsOf({ state, receipt }: Pending): Overlay["waits"] {
  if (state !== "answered") return null;
  return receipt?.status === "held" || receipt?.status === "late" ? receipt.status : null;
}

export function tickOf(before: Tick, list: readonly Overlay[], sending: ReadonlySet<string>): Tick {
  const queued = list.filter((overlay) => overlay.queued);
  if (before === "refused" || queued.length === 0) return before;
  return queued.some((overlay) => sending.has(overlay.mutationId)) ? "sending" : "saved";
}
