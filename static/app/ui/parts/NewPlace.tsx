/** A place outside the register: own position, rounded to 10 m, and a label (X31). */
import { useState } from "preact/hooks";
import { isLabel, roundPlace } from "../../domain/here";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { t } from "../../i18n";
import { positionNow } from "../position";
import { ErrorSummary, type FieldError } from "./Field";
import { FreeText, personalNumberError } from "./FreeText";
import { Working } from "./Working";

export function NewPlace({ onChoose }: { onChoose: (place: { lat: number; lon: number; label: string }) => Promise<unknown> }) {
  const [label, setLabel] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const save = async () => {
    if (!isLabel(label)) return setErrors([{ id: "label", text: t("place.labelMissing") }]);
    if (hasPersonalNumber(label)) return setErrors([personalNumberError("label")]);
    const fix = await positionNow();
    if (fix.kind !== "fix") return setErrors([{ id: "label", text: `${t(`position.${fix.kind}`)} ${t("place.pickNeighbourhood")}` }]);
    await onChoose({ ...roundPlace(fix.position), label: label.trim() });
  };
  return (
    <form class="stack" onSubmit={(event) => (event.preventDefault(), void save())}>
      <ErrorSummary errors={errors} />
      <FreeText id="label" label={t("place.label")} hint={t("place.labelHint")} value={label} onInput={setLabel} errors={errors} />
      <Working run={save}>{t("place.useMyPosition")}</Working>
    </form>
  );
}
