/** Who is on the pass: colleagues of the team as chips. */
import { t } from "../../i18n";
import { colleagues } from "../read/start";
import { records, session } from "../state";
import type { FieldError } from "./Field";

interface Props {
  teamId: string;
  chosen: string[];
  onChange: (ids: string[]) => void;
  errors: readonly FieldError[];
}

export function People({ teamId, chosen, onChange, errors }: Props) {
  const current = session();
  if (!current) return null;
  const error = errors.find(({ id }) => id === "participants");
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <div id="participants" tabIndex={-1}>
      <fieldset class="chips" {...(error && { "aria-describedby": "participants-error" })}>
        <legend>{t("shift.participants")}</legend>
        {colleagues(records(), current, teamId, chosen).map(({ id, name }) => (
          <button key={id} type="button" class="chip" aria-pressed={chosen.includes(id)} onClick={() => toggle(id)}>{name}</button>
        ))}
      </fieldset>
      {error && <p id="participants-error" class="error">{error.text}</p>}
    </div>
  );
}
