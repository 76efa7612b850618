/** What a new pass begins with: as last time, else from the grant and the hour. Pure. */
import type { Shift } from "../../domain/records";
import { coded, t } from "../../i18n";
import type { Projection, Session } from "../../ports";
import { lastShiftOn, type Row } from "./shifts";
import { currentBriefings } from "./tonight";

export type ShiftStart = Pick<Shift, "team_id" | "district" | "kind" | "assignment" | "participant_ids" | "other_participants">
  & Partial<Pick<Shift, "open_items" | "briefing_id" | "plan_id" | "requested_by" | "started_at" | "ended_at">>;

const EARLY_MS = 3 * 3_600_000;

export interface FieldTeam {
  teamId: string;
  name: string;
  district: string | null;
}

/** The teams a person may work in the field for. */
export function fieldTeams(records: Projection, session: Session): FieldTeam[] {
  const teams = new Map<string, FieldTeam>();
  for (const { role, team_id, district } of session.grants) {
    if (!team_id || (role !== "field_worker" && role !== "team_lead")) continue;
    const team = records.get("teams", team_id)?.fields;
    teams.set(team_id, { teamId: team_id, name: team?.name ?? "", district: team?.district ?? district });
  }
  return [...teams.values()];
}

function kindAt(now: string): Shift["kind"] {
  const hour = new Date(now).getHours();
  return hour >= 6 && hour < 15 ? "day" : "evening";
}

/** `district` is empty when only the person can say it (the central unit's first pass). */
export const newShift = (records: Projection, session: Session, now: string): ShiftStart | null =>
  startOf(records, session, now, (teamId) => planFor(records, teamId, now));

/** *Skriv in i efterhand*: tonight's plan and briefing are not those of the evening one writes in. */
export function lateShift(records: Projection, session: Session, now: string): ShiftStart | null {
  const start = startOf(records, session, now, () => undefined);
  return start && { ...start, briefing_id: null };
}

function startOf(records: Projection, session: Session, now: string, planOf: (teamId: string) => Row<"shift_plans"> | undefined): ShiftStart | null {
  const teams = fieldTeams(records, session);
  const last = lastShiftOn(records, session.user.id, teams.map(({ teamId }) => teamId));
  const team = teams.find(({ teamId }) => teamId === last?.fields.team_id) ?? teams[0];
  if (!team) return null;
  const plan = planOf(team.teamId);
  const district = plan?.fields.district ?? team.district ?? last?.fields.district ?? "";
  return {
    team_id: team.teamId,
    district,
    plan_id: plan?.id ?? null,
    kind: plan?.fields.kind ?? last?.fields.kind ?? kindAt(now),
    assignment: last?.fields.assignment ?? "core",
    requested_by: last?.fields.requested_by ?? null,
    participant_ids: stillHere(records, session.user.id, last?.fields.participant_ids ?? []),
    other_participants: last?.fields.other_participants ?? 0,
    briefing_id: district ? (currentBriefings(records, district, now)[0]?.id ?? null) : null,
  };
}

/** Oneself, and whom one walked with as far as they still work here: who has left keeps the name and has no team. */
const stillHere = (records: Projection, userId: string, ids: readonly string[]): string[] =>
  [userId, ...ids.filter((id) => id !== userId && (records.get("people", id)?.fields.team_ids.length ?? 0) > 0)];

/** The team's plan that a pass started now would be: from three hours before it begins until it ends, not taken by another pass. */
export function planFor(records: Projection, teamId: string, now: string): Row<"shift_plans"> | undefined {
  const at = Date.parse(now);
  const taken = new Set(records.all("shifts").map(({ fields }) => fields.plan_id));
  return records
    .all("shift_plans")
    .filter(({ id, fields }) => fields.team_id === teamId && !taken.has(id))
    .filter(({ fields }) => Date.parse(fields.starts_at) - EARLY_MS <= at && at < Date.parse(fields.ends_at))
    .sort((a, b) => Date.parse(a.fields.starts_at) - Date.parse(b.fields.starts_at))[0];
}

/** What is wrong with who is on a pass: it is somebody's. */
export const peopleFaults = (participantIds: readonly string[]): { id: "participants"; text: string }[] =>
  participantIds.length === 0 ? [{ id: "participants", text: t("shift.participantsMissing") }] : [];

/** Whoever asks for a reinforcement is told what came of it: one without is nobody's (the office's *återrapport*). */
export const purposeFaults = ({ assignment, requested_by }: Pick<Shift, "assignment"> & Partial<Shift>): { id: "requested"; text: string }[] =>
  assignment === "reinforcement" && !requested_by ? [{ id: "requested", text: t("shift.requestedByMissing") }] : [];

/** What a pass is for: *Ordinarie uppdrag*, or *Förstärkning åt* whoever asked. */
export function purposeInWords(records: Projection, { assignment, requested_by: by }: Pick<Shift, "assignment"> & Partial<Shift>): string {
  if (assignment !== "reinforcement" || !by) return coded("assignment", assignment);
  if (by === "own") return t("start.ownInitiative");
  const district = records.all("districts").find(({ fields }) => fields.code === by)?.fields.name;
  return t("start.reinforcement", { who: district ?? coded("requested", by).toLocaleLowerCase("sv") });
}

export const requesterOptions = (records: Projection): { value: string; label: string }[] => [
  { value: "", label: t("frame.choose") }, ...["police", "own"].map((by) => ({ value: by, label: coded("requested", by) })), ...districtOptions(records),
];

/** Colleagues one can be on a pass with, oneself first. */
export function colleagues(records: Projection, session: Session, teamId: string, chosen: readonly string[]): { id: string; name: string }[] {
  const others = records
    .all("people")
    .filter(({ id, fields }) => id !== session.user.id && (fields.team_ids.includes(teamId) || chosen.includes(id)))
    .map(({ id, fields }) => ({ id, name: fields.name }))
    .sort((a, b) => a.name.localeCompare(b.name, "sv"));
  return [{ id: session.user.id, name: session.user.name }, ...others];
}

export const districtOptions = (records: Projection): { value: string; label: string }[] =>
  records
    .all("districts")
    .map(({ fields }) => ({ value: fields.code, label: fields.name }))
    .sort((a, b) => a.label.localeCompare(b.label, "sv"));
