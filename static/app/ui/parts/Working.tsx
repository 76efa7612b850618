/** A primary button that shows that it works, and can't be pressed twice meanwhile. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";

interface Props {
  run: () => Promise<unknown>;
  class?: string;
  children: ComponentChildren;
}

export function Working({ run, class: look = "primary", children }: Props) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await run();
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" class={look} aria-disabled={busy} onClick={() => void press()}>
      {children}
      {busy && <span class="working"> {t("frame.working")}</span>}
    </button>
  );
}
