/** Names of, and search among, sites, schools and stadsdelar. Pure; knows no screen. */
import { nearestSite, type Position } from "../../domain/here";
import type { Site, Visit } from "../../domain/records";
import { survivor } from "../../domain/survivor";
import type { Projection } from "../../ports";
import type { Row } from "./shifts";
import { coded, t } from "../../i18n";

/** Exactly the part of a visit that says where it was. */
export type Where = Pick<Visit, "site_id" | "school_unit_code" | "place" | "neighbourhood" | "arena">;

export const NOWHERE: Omit<Where, "arena"> = { site_id: null, school_unit_code: null, place: null, neighbourhood: null };

export function placeName(records: Projection, where: Where): string {
  if (where.site_id) return records.get("sites", where.site_id)?.fields.name ?? t("place.unknown");
  if (where.school_unit_code) return schoolName(records, where.school_unit_code);
  if (where.place) return where.place.label || t("place.new");
  return where.neighbourhood ?? coded("arena", where.arena);
}

function schoolName(records: Projection, code: string): string {
  return records.all("schools").find((school) => school.fields.school_unit_code === code)?.fields.name ?? code;
}

/** *Gå inte dit* or *Extra försiktighet*, and why; null for a place like any other. */
export function safetyInWords({ safety_level: level, safety_reason: why }: Site): string | null {
  return level && level !== "normal" ? [coded("safety", level), why].filter(Boolean).join(": ") : null;
}

export type Choice =
  | { kind: "site"; id: string; name: string; detail: string; warning?: string | null }
  | { kind: "school"; id: string; name: string; detail: string }
  | { kind: "neighbourhood"; id: string; name: string; detail: string };

/** The sites that stand: one that was merged into another is no place of its own any more. */
export const openSites = (records: Projection): Row<"sites">[] => records.all("sites").filter(({ fields }) => !fields.merged_into_id);

/** The site that one has become, as far as this phone knows it. */
export const survivorOf = (records: Projection, siteId: string): string => survivor(siteId, (id) => records.get("sites", id)?.fields.merged_into_id);

const byName = (a: Choice, b: Choice): number => a.name.localeCompare(b.name, "sv");
const folded = (text: string): string => text.toLocaleLowerCase("sv").normalize("NFC");

/** Places of one kind whose name holds the query, own district first. */
export function findPlaces(records: Projection, kind: Choice["kind"], query: string, district: string | null): Choice[] {
  const all = listPlaces(records, kind, district);
  const wanted = folded(query.trim());
  const found = wanted ? [...all.own, ...all.others].filter((choice) => folded(choice.name).includes(wanted)) : all.own;
  return found.length > 0 || wanted ? found : all.others;
}

function listPlaces(records: Projection, kind: Choice["kind"], district: string | null): { own: Choice[]; others: Choice[] } {
  const names = new Map(records.all("districts").map((row) => [row.fields.code, row.fields.name]));
  const rows: { district: string | null; choice: Choice }[] = [];
  const add = (code: string | null, id: string, name: string, warning: string | null = null) =>
    rows.push({ district: code, choice: { kind, id, name, detail: (code && names.get(code)) || "", ...(warning && { warning }) } });
  if (kind === "site") for (const { id, fields } of openSites(records)) add(fields.district, id, fields.name, safetyInWords(fields));
  if (kind === "school") for (const { fields } of records.all("schools")) add(fields.district, fields.school_unit_code, fields.name);
  if (kind === "neighbourhood")
    for (const { fields } of records.all("districts")) for (const name of fields.neighbourhoods) add(fields.code, name, name);
  const pick = (own: boolean) => rows.filter((row) => (row.district === district) === own).map((row) => row.choice).sort(byName);
  return { own: pick(true), others: pick(false) };
}

/** The nearest site, with its distance in whole metres. One that nobody should go to is never suggested. */
export function nearestChoice(records: Projection, from: Position): { choice: Choice; metres: number } | null {
  const sites = openSites(records).filter(({ fields }) => fields.safety_level !== "do_not_go");
  const nearest = nearestSite(from, sites.map(({ id, fields }) => ({ id, name: fields.name, geometry: fields.geometry })));
  if (!nearest) return null;
  const { id, name } = nearest.site;
  return { choice: { kind: "site", id, name, detail: "" }, metres: Math.round(nearest.distance_m) };
}
