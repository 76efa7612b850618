/** What asks this person for something: refused, in conflict, returned by the team leader. Pure. */
import type { Projection, SyncStatus } from "../../ports";
import { myShifts } from "./shifts";

export function asking(records: Projection, { rejected, conflicts }: Pick<SyncStatus, "rejected" | "conflicts">, userId: string): number {
  const returned = myShifts(records, userId).filter(({ fields }) => fields.status === "returned");
  return rejected + conflicts + returned.length;
}
