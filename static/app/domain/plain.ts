/**
 * How confirmed rows look with nothing laid over them. What was made of a row is remembered as long as the
 * row lives, for a row never changes but is replaced: after a save only what moved is made again (U02).
 * Only the projection uses this; what it returns is shared and must not be changed.
 */
import type { Fields, Projected } from "../ports";
import type { CollectionName } from "./records";

export interface Confirmed {
  version: number;
  fields: Fields;
}

export const recordKey = (collection: string, id: string): string => `${collection}/${id}`;

export function projected(name: string, id: string, fields: Fields, version: number, receivedAt: string | null): Projected {
  return {
    collection: name as CollectionName,
    id,
    fields: fields as unknown as Projected["fields"],
    version,
    tick: "received",
    receivedAt,
    rejectionId: null,
    waits: null,
  };
}

const lists = new WeakMap<ReadonlyMap<string, Projected>, readonly Projected[]>();

/** Return a finished map's records in their order, as one array for all who ask. */
export function listed(records: ReadonlyMap<string, Projected>): readonly Projected[] {
  let list = lists.get(records);
  if (!list) lists.set(records, (list = [...records.values()]));
  return list;
}

interface Made {
  name: string;
  receivedAt: ReadonlyMap<string, string>;
  records: ReadonlyMap<string, Projected>;
}
const madeOfRows = new WeakMap<ReadonlyMap<string, Confirmed>, Made>();
const madeOfRow = new WeakMap<Confirmed, Projected>();

/** Return one collection's records; the same map for the same rows and receipts. */
export function plainRecords(
  name: string, rows: ReadonlyMap<string, Confirmed>, receivedAt: ReadonlyMap<string, string>,
): ReadonlyMap<string, Projected> {
  const made = madeOfRows.get(rows);
  if (made?.name === name && made.receivedAt === receivedAt) return made.records;
  const records = new Map<string, Projected>();
  for (const [id, row] of rows) records.set(id, plainRecord(name, id, row, receivedAt.get(recordKey(name, id)) ?? null));
  madeOfRows.set(rows, { name, receivedAt, records });
  return records;
}

function plainRecord(name: string, id: string, row: Confirmed, receivedAt: string | null): Projected {
  const made = madeOfRow.get(row);
  if (made?.id === id && made.collection === name && made.receivedAt === receivedAt) return made;
  const record = projected(name, id, row.fields, row.version, receivedAt);
  madeOfRow.set(row, record);
  return record;
}
