/** PU10: nothing is written into a pass that is approved, as far as this phone knows. Pure. */
import type { Fields, Projection } from "../ports";
import { PARENTS } from "./projection";
import type { CollectionName } from "./records";

/** Say whether a record is part of an approved pass, or would be with these fields. */
export function isLocked(records: Projection, collection: string, id: string, fields: Fields = {}): boolean {
  if (collection === "shifts") return records.get("shifts", id)?.fields.status === "approved";
  const parent = PARENTS[collection];
  if (!parent) return false;
  const standing = records.get(collection as CollectionName, id)?.fields as unknown as Fields | undefined;
  const above = standing?.[parent.field] ?? fields[parent.field];
  return typeof above === "string" && isLocked(records, parent.collection, above);
}
