/** Free text with the privacy guard under it: a personal number is an error, other traces are warned of. */
import { hasPersonalNumber } from "../../domain/personalNumber";
import { privacyWarnings } from "../../domain/privacyGuard";
import { t } from "../../i18n";
import { records } from "../state";
import { Field, type FieldError } from "./Field";

interface Props {
  id: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  long?: boolean;
  hint?: string;
  errors?: readonly FieldError[];
}

export const LONG = 2000;
const SHORT = 200;

export function FreeText({ id, label, value, onInput, long, hint, errors = [] }: Props) {
  const refused = hasPersonalNumber(value);
  const shown = refused ? [...errors.filter((error) => error.id !== id), personalNumberError(id)] : errors;
  const places = records().all("sites").map((site) => site.fields.name);
  const warnings = value && !refused ? privacyWarnings(value, places) : [];
  return (
    <div>
      <Field id={id} label={label} hint={hint} errors={shown}>
        {(aria) =>
          long ? (
            <textarea {...aria} rows={3} maxLength={LONG} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
          ) : (
            <input {...aria} maxLength={SHORT} autocomplete="off" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
          )
        }
      </Field>
      <p class="warning" role="status">
        {warnings.length > 0 && t("guard.warning", { what: warnings.map((warning) => t(`guard.${warning}`)).join(", ") })}
      </p>
    </div>
  );
}

export const personalNumberError = (id: string): FieldError => ({ id, text: t("guard.personalNumber") });
