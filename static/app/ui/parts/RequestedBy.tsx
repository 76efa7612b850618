/** Who asked for a reinforcement; nothing to choose on an ordinary pass. */
import type { Shift } from "../../domain/records";
import { t } from "../../i18n";
import { requesterOptions } from "../read/start";
import { records } from "../state";
import { Select, type FieldError } from "./Field";

interface Props {
  assignment: Shift["assignment"];
  value: string | null | undefined;
  onChange: (by: string | null) => void;
  errors: readonly FieldError[];
}

export function RequestedBy({ assignment, value, onChange, errors }: Props) {
  if (assignment !== "reinforcement") return null;
  return (
    <Select id="requested" label={t("shift.requestedBy")} value={value ?? ""} onChange={(by) => onChange(by || null)} errors={errors} options={requesterOptions(records())} />
  );
}
