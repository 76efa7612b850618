/** *Verkar ha flyttat hit från*: the places nearest to where one is, or unknown. */
import { useMemo, useState } from "preact/hooks";
import { centreOf, distanceM } from "../../domain/here";
import { t } from "../../i18n";
import { survivorOf } from "../read/places";
import type { Row } from "../read/shifts";
import { records } from "../state";

const FIRST = 3;
const MOST = 12;

export function MovedFrom({ visit, value, onChange }: { visit: Row<"visits">; value: string | null; onChange: (value: string | null) => void }) {
  const [all, setAll] = useState(false);
  const sites = records().all("sites");
  const { site_id, place, district } = visit.fields;
  // The whole register is measured once, not at every tap on the form (U02).
  const nearby = useMemo(() => sitesAround(visit, sites).slice(0, MOST), [sites, site_id, place, district]);
  const options = [...nearby, { id: "unknown", name: t("moved.unknown") }];
  const shown = all ? options : options.filter(({ id }, index) => index < FIRST || id === "unknown" || id === value);
  return (
    <fieldset class="chips">
      <legend>{t("moved.from")}</legend>
      {shown.map(({ id, name }) => (
        <button key={id} type="button" class="chip" aria-pressed={value === id} onClick={() => onChange(value === id ? null : id)}>{name}</button>
      ))}
      {shown.length < options.length && <button type="button" class="chip more" onClick={() => setAll(true)}>{t("chips.more")}</button>}
    </fieldset>
  );
}

function sitesAround({ fields }: Row<"visits">, all: readonly Row<"sites">[]): { id: string; name: string }[] {
  const here = fields.site_id && survivorOf(records(), fields.site_id);
  const sites = all.filter(({ id, fields: { merged_into_id: into } }) => id !== here && !into);
  const own = fields.site_id ? records().get("sites", fields.site_id) : undefined;
  const from = fields.place ?? (own ? centreOf(own.fields) : null);
  // The server tells a visit's district; until then it is the pass's.
  const district = fields.district ?? records().get("shifts", fields.shift_id)?.fields.district;
  const away = (site: Row<"sites">): number => {
    const centre = centreOf(site.fields);
    return from && centre ? distanceM(from, centre) : site.fields.district === district ? 0 : 1;
  };
  return sites.map((site) => ({ id: site.id, name: site.fields.name, away: away(site) })).sort((a, b) => a.away - b.away);
}
