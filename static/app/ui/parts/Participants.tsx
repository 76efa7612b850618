/** Who is on the pass: colleagues of the team as chips. */
import { t } from "../../i18n";
import { colleagues } from "../read/start";
import { records, session } from "../state";

interface Props {
  teamId: string;
  chosen: string[];
  onChange: (ids: string[]) => void;
}

export function People({ teamId, chosen, onChange }: Props) {
  const current = session();
  if (!current) return null;
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <fieldset class="chips">
      <legend>{t("shift.participants")}</legend>
      {colleagues(records(), current, teamId, chosen).map(({ id, name }) => (
        <button key={id} type="button" class="chip" aria-pressed={chosen.includes(id)} onClick={() => toggle(id)}>{name}</button>
      ))}
    </fieldset>
  );
}
