/** The places around a visit, the nearest first: where people may have moved from. Pure. */
import { centreOf, distanceM } from "../../domain/here";
import type { Projection } from "../../ports";
import { openSites, survivorOf } from "./places";
import type { Row } from "./shifts";

export function sitesAround(records: Projection, { fields }: Row<"visits">): { id: string; name: string }[] {
  const here = fields.site_id && survivorOf(records, fields.site_id);
  const own = here ? records.get("sites", here) : undefined;
  const from = fields.place ?? (own ? centreOf(own.fields) : null);
  // The server tells a visit's district; until then it is the pass's.
  const district = fields.district ?? records.get("shifts", fields.shift_id)?.fields.district;
  const away = (site: Row<"sites">): number => {
    const centre = centreOf(site.fields);
    return from && centre ? distanceM(from, centre) : site.fields.district === district ? 0 : 1;
  };
  const others = openSites(records).filter(({ id }) => id !== here);
  return others.map((site) => ({ id: site.id, name: site.fields.name, away: away(site) })).sort((a, b) => a.away - b.away);
}
