/** Where a team still has something to follow up. Pure. */
import { handover } from "../../domain/handover";
import type { Projection } from "../../ports";

/** The place of each thing that is still open on the team's passes, the one under way among them. */
export function placesToFollowUp(records: Projection, teamId: string, now: string): string[] {
  const { items } = handover(records.all("shifts").map(({ fields }) => fields), teamId, now);
  return items.flatMap(({ site_id }) => site_id ?? []);
}
