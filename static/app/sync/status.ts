/** The line that says how things stand: what waits, what came back, whether the server is in reach. Pure. */
import type { Waiting } from "../domain/records";
import type { Projection, Session, SyncStatus } from "../ports";
import type { Snapshot } from "../store/snapshot";
import type { PhoneState } from "./phoneState";

export interface StatusParts {
  session: Session;
  snapshot: Snapshot;
  projection: Projection;
  engine: { phase: SyncStatus["phase"]; online: boolean };
  /** The session has run out (CL4). */
  isExpired: boolean;
}

export function statusOf(parts: StatusParts | null, { offsetMs, persisted, storage }: PhoneState): SyncStatus {
  const common = { clockOffsetS: Math.round(offsetMs / 1000), persisted, storage };
  if (!parts) {
    return {
      ...common, phase: "signed_out", online: true, queued: 0, oldestQueuedAt: null, lastReceiptAt: null, rejected: 0,
      conflicts: 0, held: 0, late: 0, downloading: false,
    };
  }
  const { session, snapshot: { pending, meta }, projection, engine, isExpired } = parts;
  const queued = pending.filter((entry) => entry.state === "queued");
  const isOwnOpen = (fields: { author_id: string; state: string }): boolean => fields.author_id === session.user.id && fields.state === "open";
  const ownWaiting = (name: "held" | "late"): number => projection.all(name)
    .filter(({ fields }: { fields: Waiting }) => fields.author_id === session.user.id && fields.state === "waiting").length;
  return {
    ...common,
    phase: meta.locked ? "locked" : isExpired ? "signed_out" : engine.phase,
    online: engine.online,
    // PL5: what is offered again waits like everything else.
    queued: queued.length + meta.again + meta.stuck,
    oldestQueuedAt: queued[0] ? corrected(queued[0].mutation.made_at, offsetMs) : null,
    lastReceiptAt: meta.last_receipt_at,
    rejected: projection.all("rejections").filter(({ fields }) => isOwnOpen(fields)).length,
    conflicts: projection.all("conflicts").filter(({ fields }) => fields.state === "open").length,
    held: ownWaiting("held"),
    late: ownWaiting("late"),
    downloading: !meta.complete || meta.copying,
  };
}

/** PU15: `made_at` is the phone's own clock, which may be days off; whoever waits since then is told by the server's. */
const corrected = (madeAt: string, offsetMs: number): string => new Date(Date.parse(madeAt) - offsetMs).toISOString();
