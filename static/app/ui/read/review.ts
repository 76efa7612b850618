/** What waits for a team leader, as far as it has come down to this phone. Pure. */
import type { Rejection, Waiting } from "../../domain/records";
import type { Fields, Projection, Session } from "../../ports";
import { openConflicts } from "./conflicts";
import { ledTeams } from "./safety";
import { isOwn, type Row } from "./shifts";

/** PU9: what has waited a day for what it belongs to is told the leader. */
const HELD_SHOWN_AFTER_MS = 24 * 3_600_000;

export interface Pass {
  shift: Row<"shifts">;
  /** Whoever began a pass or was on it does not review it. */
  isOwn: boolean;
}

/** Something the leader may settle, or must leave to another leader. */
export interface Kept<C extends "rejections" | "late"> {
  row: Row<C>;
  maySettle: boolean;
}

export interface ReviewQueue {
  submitted: Pass[];
  returned: Pass[];
  conflicts: Row<"conflicts">[];
  rejections: Kept<"rejections">[];
  late: Kept<"late">[];
  held: Row<"held">[];
  /** Visits at places outside the register, the newest first. */
  newPlaces: Row<"visits">[];
}

/** Each list with the oldest first; null for who leads no team. */
export function reviewQueue(records: Projection, session: Session, now: string): ReviewQueue | null {
  const led = ledTeams(session);
  if (led.length === 0) return null;
  const me = session.user.id;
  const passes = (status: string): Pass[] =>
    records.all("shifts")
      .filter(({ fields }) => fields.status === status && led.includes(fields.team_id))
      .map((shift) => ({ shift, isOwn: isOwn(shift, me) }))
      .sort((a, b) => Date.parse(a.shift.fields.started_at) - Date.parse(b.shift.fields.started_at));
  const ofAnother = (kept: Rejection | Waiting): boolean => {
    const shift = shiftOf(records, kept);
    return !shift || !isOwn(shift, me);
  };
  const waiting = <C extends "late" | "held">(name: C): Row<C>[] =>
    (records.all(name) as readonly Row<C>[]).filter(({ version, fields }) => version > 0 && (fields as Waiting).state === "waiting").sort(bySince);
  // One's own comes down whoever leads its unit. That does not travel: its pass says it, and without one the server judges.
  const isLed = (kept: Rejection): boolean => {
    const team = shiftOf(records, kept)?.fields.team_id;
    return !team || led.includes(team);
  };
  return {
    submitted: passes("submitted"),
    returned: passes("returned"),
    conflicts: [...openConflicts(records)].sort((a, b) => Date.parse(a.fields.made_at) - Date.parse(b.fields.made_at)),
    // What only this phone knows of has no address on the server yet.
    rejections: records.all("rejections")
      .filter(({ version, fields }) => version > 0 && (fields.state === "open" || fields.state === "handed_over"))
      .map((row) => ({ row, maySettle: isLed(row.fields) }))
      .sort((a, b) => at(a.row.fields.received_at) - at(b.row.fields.received_at)),
    late: waiting("late").map((row) => ({ row, maySettle: ofAnother(row.fields) })),
    held: waiting("held").filter(({ fields }) => at(now) - at(fields.since) >= HELD_SHOWN_AFTER_MS),
    newPlaces: records.all("visits")
      .filter(({ fields }) => fields.place && led.includes(records.get("shifts", fields.shift_id)?.fields.team_id ?? ""))
      .sort((a, b) => at(b.fields.arrived_at) - at(a.fields.arrived_at)),
  };
}

const at = (iso: string | undefined): number => (iso ? Date.parse(iso) : 0);
const bySince = (a: { fields: unknown }, b: { fields: unknown }): number => at((a.fields as Waiting).since) - at((b.fields as Waiting).since);

/** The pass that something kept is about, where the phone has it; a new line names what it hangs on itself. */
function shiftOf(records: Projection, { collection, record_id, fields }: { collection: string; record_id: string; fields: Fields }): Row<"shifts"> | undefined {
  if (collection === "shifts") return records.get("shifts", record_id);
  if (collection === "visits") return records.get("shifts", String(records.get("visits", record_id)?.fields.shift_id ?? fields.shift_id));
  const visitId = String(records.get("observations", record_id)?.fields.visit_id ?? fields.visit_id);
  return records.get("shifts", records.get("visits", visitId)?.fields.shift_id ?? "");
}
