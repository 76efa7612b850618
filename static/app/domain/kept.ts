/**
 * What the server keeps beside the records – rejections, held, late – as far as it has come down, and before
 * that as far as the receipts on the phone tell. Pure; used by the projection alone.
 */
import type { Fields, Projected } from "../ports";
import type { Overlay } from "./overlays";
import { waitsOf } from "./overlays";
import { projected } from "./plain";
import type { Pending, ProjectionInput } from "./projection";
import type { Rejection, Waiting } from "./records";

export type Lay = (records: Map<string, Projected>, name: string, id: string, overlay: Overlay) => void;

/** The server's rejections, those so far known only from a receipt, and what the user decided about either. */
export function buildRejections(input: ProjectionInput, decided: ReadonlyMap<string, Overlay[]>, lay: Lay): Map<string, Projected> {
  const records = new Map<string, Projected>();
  const arrived = new Set<unknown>();
  for (const [id, row] of input.confirmed.get("rejections") ?? []) {
    arrived.add(row.fields.mutation_id);
    records.set(id, projected("rejections", id, { id, ...row.fields }, row.version, input.receivedAt.get(`rejections/${id}`) ?? null));
  }
  for (const entry of input.pending) {
    if ((entry.state !== "refused" && entry.state !== "discarded") || arrived.has(entry.mutation.id)) continue;
    const rejection = rejectionOf(entry, input.userId);
    records.set(rejection.id, projected("rejections", rejection.id, rejection as unknown as Fields, 0, null));
  }
  for (const [id, list] of decided) for (const overlay of list) lay(records, "rejections", id, overlay);
  for (const { mutation, state } of input.pending) {
    if (mutation.replaces === null || (state !== "queued" && state !== "answered")) continue;
    const record = records.get(mutation.replaces);
    if (record) records.set(mutation.replaces, { ...record, fields: { ...record.fields, state: "corrected" } as Rejection });
  }
  return records;
}

/** What waits on the server (PU9, PU11). A locked phone shows only one's own (CL4). */
export function buildWaiting(name: "held" | "late", input: ProjectionInput): Map<string, Projected> {
  const records = new Map<string, Projected>();
  const arrived = new Set<unknown>();
  for (const [id, row] of input.confirmed.get(name) ?? []) {
    arrived.add(row.fields.mutation_id);
    if (input.locked && row.fields.author_id !== input.userId) continue;
    records.set(id, projected(name, id, { id, ...row.fields }, row.version, null));
  }
  for (const entry of input.pending) {
    const { mutation } = entry;
    if (waitsOf(entry) !== name || arrived.has(mutation.id)) continue;
    const waiting: Waiting = {
      id: mutation.id, mutation_id: mutation.id, collection: mutation.collection, record_id: mutation.record_id,
      op: mutation.op, fields: mutation.fields, author_id: input.userId, since: mutation.made_at, state: "waiting",
    };
    records.set(mutation.id, projected(name, mutation.id, waiting as unknown as Fields, 0, null));
  }
  return records;
}

function rejectionOf({ mutation, state, receipt }: Pending, userId: string): Rejection {
  return {
    id: mutation.id, mutation_id: mutation.id, collection: mutation.collection, record_id: mutation.record_id,
    op: mutation.op, fields: mutation.fields, slug: receipt?.error?.slug ?? "too_large",
    message: receipt?.error?.message ?? "", author_id: userId,
    state: state === "discarded" ? "discarded" : "open", reason: "", field_errors: receipt?.error?.fields ?? {},
  };
}
