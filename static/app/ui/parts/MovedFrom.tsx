/** *Verkar ha flyttat hit från*: the places nearest to where one is, or unknown. */
import { useMemo, useState } from "preact/hooks";
import { t } from "../../i18n";
import { sitesAround } from "../read/around";
import type { Row } from "../read/shifts";
import { records } from "../state";

const FIRST = 3;
const MOST = 12;

export function MovedFrom({ visit, value, onChange }: { visit: Row<"visits">; value: string | null; onChange: (value: string | null) => void }) {
  const [whole, setWhole] = useState(false);
  const all = records();
  const sites = all.all("sites");
  const { site_id, place, district } = visit.fields;
  // The whole register is measured once, not at every tap on the form (U02).
  const nearby = useMemo(() => sitesAround(all, visit).slice(0, MOST), [sites, site_id, place, district]);
  const options = [...nearby, { id: "unknown", name: t("moved.unknown") }];
  const shown = whole ? options : options.filter(({ id }, index) => index < FIRST || id === "unknown" || id === value);
  return (
    <fieldset class="chips">
      <legend>{t("moved.from")}</legend>
      {shown.map(({ id, name }) => (
        <button key={id} type="button" class="chip" aria-pressed={value === id} onClick={() => onChange(value === id ? null : id)}>{name}</button>
      ))}
      {shown.length < options.length && <button type="button" class="chip more" onClick={() => setWhole(true)}>{t("chips.more")}</button>}
    </fieldset>
  );
}
