/** A record as a form was opened on it. What has come since was not seen, and is not overwritten unasked (PU5). Pure. */
import { isEqual } from "../../domain/equal";
import type { CollectionName, Collections } from "../../domain/records";
import type { Row } from "./shifts";

export interface Seen<C extends CollectionName> {
  version: number;
  fields: Collections[C];
}

export const seenOf = <C extends CollectionName>({ version, fields }: Row<C>): Seen<C> => ({ version, fields });

/** What the person changed: what a form says otherwise than the record it was opened on. */
export function changedOnly<T extends object>(form: Partial<T>, seen: T): Partial<T> {
  const entries = Object.entries(form).filter(([name, value]) => !isEqual(value, seen[name as keyof T]));
  return Object.fromEntries(entries) as Partial<T>;
}
