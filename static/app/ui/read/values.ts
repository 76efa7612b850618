/** A field's value as a person reads it, codes and ids in words; what a field is called. Pure. */
import { coded, t } from "../../i18n";
import type { Fields, Projection, Session } from "../../ports";
import type { Briefing, Count, Observation, Shift, Visit } from "../../domain/records";
import { itemInWords } from "./items";
import { personName } from "./names";
import { placeName } from "./places";
import { contacts, fromFields, total } from "./people";
import { clockTime, duration, shortDay } from "./time";

/** Fields that only mean something together (PU7), under the name of the first. */
const TOGETHER: readonly (readonly string[])[] = [
  ["site_id", "school_unit_code", "place", "neighbourhood"],
  ["outcome", "not_visited_reason"],
  ["started_at", "ended_at"],
  ["arrived_at", "left_at"],
  ["assignment", "requested_by"],
  ["counts", "people_basis"],
  ["planned_start", "planned_end"],
];
const FAMILIES: Record<string, string> = {
  kind: "shift", arena: "arena", situation: "situation", topics: "topic", conditions: "condition", actions: "actionDone",
  together_with: "together", audience: "audience", voices: "voice", status: "status", time_precision: "precision", people_basis: "basis",
  mood: "mood", event: "event",
};
const FREE_TEXT = new Set(["note", "handover_note", "reason", "police_area", "log_note", "meeting_point"]);
const LONG_TEXT = new Set(["note", "handover_note", "log_note"]);

export const isFreeText = (field: string): boolean => FREE_TEXT.has(field);
export const isLongText = (field: string): boolean => LONG_TEXT.has(field);

/** The fields in groups that are read, and chosen, as one. */
export function grouped(fields: readonly string[]): string[][] {
  const rest = new Set(fields);
  const groups = TOGETHER.map((group) => group.filter((field) => rest.delete(field))).filter((group) => group.length > 0);
  return [...groups, ...[...rest].map((field) => [field])];
}

/** A field this build does not know is shown under its own name, never hidden. */
export function fieldName(field: string): string {
  const group = TOGETHER.find((fields) => fields.includes(field));
  return coded("field", group?.[0] ?? field);
}

/** What some fields of a record say; `values` may lack those that were not sent. */
export function inWords(all: Projection, session: Session | null, group: readonly string[], values: Fields): string {
  const [field = ""] = group;
  const words = ofGroup(all, group, values) ?? group.map((one) => ofField(all, session, one, values[one])).filter(Boolean).join(", ");
  return words || (field === "counts" ? t("people.notCounted") : t("conflict.empty"));
}

function ofGroup(all: Projection, group: readonly string[], values: Fields): string | null {
  if (group.includes("site_id") || group.includes("place") || group.includes("neighbourhood") || group.includes("school_unit_code"))
    return placeName(all, { site_id: null, school_unit_code: null, place: null, neighbourhood: null, arena: "other", ...values } as Visit);
  if (group.includes("counts")) return people(values as unknown as Observation);
  const times = group.filter((field) => field.endsWith("_at")).map((field) => values[field]);
  if (times.length > 0) return times.map((at) => (typeof at === "string" ? moment(at) : "")).filter(Boolean).join(" – ");
  if (group.includes("planned_start") || group.includes("planned_end"))
    return [values.planned_start, values.planned_end].map((at) => (typeof at === "string" ? moment(at) : "")).filter(Boolean).join(" – ");
  if (group.includes("outcome") || group.includes("not_visited_reason")) {
    const { outcome, not_visited_reason: reason } = values as unknown as Partial<Visit>;
    return [outcome && coded("outcome", outcome), reason && coded("notVisited", reason).toLocaleLowerCase("sv")].filter(Boolean).join(": ");
  }
  if (group.includes("assignment") || group.includes("requested_by")) {
    const { assignment, requested_by: by } = values as unknown as Partial<Shift>;
    return [assignment && coded("assignment", assignment), by && requester(all, by)].filter(Boolean).join(", ");
  }
  return null;
}

function ofField(all: Projection, session: Session | null, field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return t(value ? "sync.yes" : "sync.no");
  if (field === "participant_ids") return (value as string[]).map((id) => personName(all, session, id)).join(", ");
  if (field === "districts") return (value as string[]).map((code) => districtName(all, code)).join(", ");
  if (field === "moved_from" || field === "moved_to") return value === "unknown" ? t("moved.unknown") : siteName(all, String(value));
  if (field === "briefing_id") return moment(all.get("briefings", String(value))?.fields.held_at ?? "");
  if (field === "valid_from" || field === "valid_until") return moment(String(value));
  if (field === "arena_minutes") return pairs(value, (code) => coded("arena", code), duration);
  if (field === "incidents") return pairs(value, (code) => coded("incident", code), String);
  if (field === "mumin")
    return (value as Shift["mumin"]).map((one) => `${one.delegated_by === "socialjour" ? t("mumin.socialjour") : districtName(all, one.delegated_by)} ${one.count}`).join(", ");
  if (field === "referrals") return (value as Observation["referrals"]).map((one) => `${coded("referral", one.to)} ${one.count}`).join(", ");
  if (field === "actors") return (value as Briefing["actors"]).map((one) => `${coded("actor", one.actor)} ${one.people}`).join(", ");
  if (field === "priorities")
    return (value as Briefing["priorities"]).map((one) => `${one.rank} ${siteName(all, one.site_id)}: ${coded("priority", one.reason)}`).join(", ");
  if (field === "open_items") return (value as Shift["open_items"]).map((one) => `${itemInWords(all, one)} (${t(`item.${one.state}`).toLocaleLowerCase("sv")})`).join(", ");
  const family = FAMILIES[field];
  if (family) return (Array.isArray(value) ? value : [value]).map((code) => coded(family, String(code))).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const siteName = (all: Projection, id: string): string => all.get("sites", id)?.fields.name ?? t("place.unknown");
const districtName = (all: Projection, code: string): string => all.all("districts").find(({ fields }) => fields.code === code)?.fields.name ?? code;
const requester = (all: Projection, by: string): string => (by === "police" || by === "own" ? coded("requested", by) : districtName(all, by));
export const moment = (iso: string): string => (iso ? `${shortDay(iso)} ${clockTime(iso)}` : "");

function pairs(value: unknown, name: (code: string) => string, amount: (n: number) => string): string {
  return Object.entries(value as Record<string, number>).filter(([, n]) => n > 0).map(([code, n]) => `${name(code)} ${amount(n)}`).join(", ");
}

/** "4: 13–15 år flicka/kvinna 2, okänt 2", as few words as the numbers need. */
function people({ counts, people_basis }: Partial<Observation>): string {
  if (!counts) return people_basis ? coded("basis", people_basis) : "";
  const whole = fromFields({ counts, people_basis: people_basis ?? "counted" });
  const n = total(whole);
  if (n === null) return "";
  const cells = counts.map((cell: Count) => `${coded("band", cell.age_band)} ${coded("gender", cell.gender).replaceAll("\u200b", "").toLocaleLowerCase("sv")} ${cell.present}`);
  const contacted = contacts(whole) > 0 ? [t("people.contacts.other", { n: contacts(whole) })] : [];
  return [t("timeline.people", { n }), ...cells, ...contacted].join(", ");
}

/** What a record is: "Besök", "Pass". */
export function kindName(collection: string): string {
  return coded("sync.kind", collection) === collection ? t("sync.kind.other") : coded("sync.kind", collection);
}

/** The place and time by which one record is told from the next; empty where it is gone. */
export function whereAndWhen(all: Projection, collection: string, id: string): string {
  if (collection === "shifts") return moment(all.get("shifts", id)?.fields.started_at ?? "");
  if (collection === "briefings") return moment(all.get("briefings", id)?.fields.held_at ?? "");
  if (collection === "walks") return moment(all.get("walks", id)?.fields.planned_start ?? "");
  const seen = collection === "observations" ? all.get("observations", id)?.fields : undefined;
  const visit = all.get("visits", collection === "visits" ? id : (seen?.visit_id ?? ""))?.fields;
  return visit ? `${placeName(all, visit)} ${clockTime(seen?.observed_at ?? visit.arrived_at)}` : "";
}

