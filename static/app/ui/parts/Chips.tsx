/** Chips: a named group of buttons that are on or off. `single` lets at most one be on, and none too. */
import { coded, t } from "../../i18n";
import { useState } from "preact/hooks";

interface Props<Code extends string> {
  legend: string;
  family: string;
  codes: readonly Code[];
  chosen: readonly Code[];
  onChange: (chosen: Code[]) => void;
  single?: boolean;
  /** How many to show before *Fler …*; chosen ones are always shown. */
  first?: number;
  quiet?: boolean;
}

export function Chips<Code extends string>({ legend, family, codes, chosen, onChange, single, first, quiet }: Props<Code>) {
  const [all, setAll] = useState(false);
  const shown = first === undefined || all ? codes : codes.filter((code, index) => index < first || chosen.includes(code));
  const toggle = (code: Code) => {
    if (chosen.includes(code)) onChange(chosen.filter((other) => other !== code));
    else onChange(single ? [code] : [...chosen, code]);
  };
  return (
    <fieldset class={single ? "chips even" : "chips"}>
      <legend class={quiet ? "hidden" : undefined}>{legend}</legend>
      {shown.map((code) => (
        <button key={code} type="button" class="chip" aria-pressed={chosen.includes(code)} onClick={() => toggle(code)}>
          {coded(family, code)}
        </button>
      ))}
      {shown.length < codes.length && (
        <button type="button" class="chip more" onClick={() => setAll(true)}>
          {t("chips.more")}
        </button>
      )}
    </fieldset>
  );
}
