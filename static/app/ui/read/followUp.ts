/** Where a team still has something to follow up. Pure. */
import { newestOf } from "../../domain/handover";
import type { Projection } from "../../ports";

/** The place of each thing that is still open on the team's passes, the one under way among them however new it is. */
export function placesToFollowUp(records: Projection, teamId: string): string[] {
  const items = records.all("shifts").filter(({ fields }) => fields.team_id === teamId).flatMap(({ fields }) => fields.open_items);
  return newestOf(items).flatMap(({ state, site_id }) => (state === "open" && site_id ? [site_id] : []));
}
