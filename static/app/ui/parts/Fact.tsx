/** One line of a check page: label, value, *Ändra* – which leads elsewhere or opens the fields here. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { follow } from "../router";

interface Props {
  label: string;
  value: string;
  to?: string;
  open?: boolean;
  /** What the team leader asks for there. */
  asked?: ComponentChildren;
  children?: ComponentChildren;
}

export function Fact({ label, value, to, open = false, asked, children }: Props) {
  const [editing, setEditing] = useState(false);
  const shown = editing || open;
  const change = (
    <>
      {shown ? t("check.close") : t("check.change")}
      <span class="hidden"> {label.toLocaleLowerCase("sv")}</span>
    </>
  );
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>
        <p>{value}</p>
        {to ? (
          <a class="change" href={to} onClick={follow}>{change}</a>
        ) : (
          <button type="button" class="change" aria-expanded={shown} onClick={() => setEditing(!shown)}>{change}</button>
        )}
        {asked}
        {shown && children}
      </dd>
    </div>
  );
}
