/** What a team leader should know of the same night: places that were not visited because they were not safe. Pure. */
import type { Projection, Session } from "../../ports";
import type { Row } from "./shifts";

const LATELY_MS = 24 * 3_600_000;

/** The teams one leads. */
export const ledTeams = ({ grants }: Session): string[] => grants.flatMap(({ role, team_id }) => (role === "team_lead" && team_id ? [team_id] : []));

/** What a phone without coverage sends later is as new to the leader: it counts from when the server got it. */
const newsAt = ({ fields: { arrived_at, received_at } }: Row<"visits">): number => Math.max(Date.parse(arrived_at), Date.parse(received_at ?? arrived_at));

/** *Ej besökt* for safety in the teams one leads, by others than oneself, told within the last 24 hours, newest first. */
export function unsafeLately(records: Projection, session: Session, now: string): Row<"visits">[] {
  const led = ledTeams(session);
  if (led.length === 0) return [];
  return records
    .all("visits")
    .filter(({ fields }) => fields.outcome === "not_visited" && fields.not_visited_reason === "safety")
    .filter((visit) => Date.parse(now) - newsAt(visit) < LATELY_MS)
    .filter((visit) => {
      const shift = records.get("shifts", visit.fields.shift_id);
      return shift !== undefined && led.includes(shift.fields.team_id) && visit.fields.created_by !== session.user.id && visit.version > 0;
    })
    .sort((a, b) => Date.parse(b.fields.arrived_at) - Date.parse(a.fields.arrived_at));
}
