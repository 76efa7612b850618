/** A number between two large buttons; it can be typed too. Null is shown as a dash: not counted. */
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { Icon } from "./Icon";

interface Props {
  label: string;
  value: number | null;
  onChange: (value: number) => void;
  max?: number;
  step?: number;
  quiet?: boolean;
}

export function Stepper({ label, value, onChange, max = 1000, step = 1, quiet }: Props) {
  const id = useId();
  const set = (n: number) => onChange(Math.max(0, Math.min(max, n)));
  return (
    <div class="stepper-field">
      <label for={id} class={quiet ? "hidden" : undefined}>{label}</label>
      <div class="stepper">
        <button type="button" aria-label={t("stepper.less", { label })} disabled={!value} onClick={() => set((value ?? 0) - step)}>
          <Icon name="minus" />
        </button>
        <input
          id={id}
          inputMode="numeric"
          pattern="[0-9]*"
          autocomplete="off"
          maxLength={4}
          placeholder="–"
          value={value ?? ""}
          onInput={(event) => set(Number(event.currentTarget.value.replace(/\D/g, "")))}
        />
        <button type="button" aria-label={t("stepper.more", { label })} disabled={(value ?? 0) >= max} onClick={() => set((value ?? 0) + step)}>
          <Icon name="plus" />
        </button>
      </div>
    </div>
  );
}
