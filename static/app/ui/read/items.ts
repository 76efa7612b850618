/** What is to be followed up, in words, and the places it may be about. Pure. */
import type { OpenItem } from "../../domain/handover";
import type { Visit } from "../../domain/records";
import { t } from "../../i18n";
import type { Projection } from "../../ports";
import { findPlaces, NOWHERE, placeName, survivorOf } from "./places";

/** What a thing to follow up is about, in words; with its place where it has one. */
export const itemInWords = (records: Projection, { text, site_id }: OpenItem): string =>
  [text, site_id && (records.get("sites", site_id)?.fields.name ?? t("place.unknown"))].filter(Boolean).join(" · ");

/** Places something on a pass may be about: those it has been at, the newest first, then the district's. */
export function itemPlaces(records: Projection, district: string, visits: readonly Pick<Visit, "site_id">[]): { id: string; name: string }[] {
  const been = visits.flatMap(({ site_id }) => (site_id ? [survivorOf(records, site_id)] : []))
    .map((site_id) => ({ id: site_id, name: placeName(records, { ...NOWHERE, site_id, arena: "outdoor" }) }));
  const all = [...been, ...findPlaces(records, "site", "", district)];
  return [...new Map(all.map(({ id, name }) => [id, { id, name }])).values()];
}
