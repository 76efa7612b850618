/** Says that what was typed is back, and lets it be thrown away: a pass with something half written goes into no other. */
import { t } from "../../i18n";
import type { Autosaved } from "../draft";
import { back } from "../router";

export function Restored<T>({ draft, home }: { draft: Autosaved<T>; home: string }) {
  if (!draft.restored) return null;
  const forget = async () => {
    await draft.drop();
    back(home);
  };
  return (
    <>
      <p class="quiet" role="status">{t("draft.restored")}</p>
      <button type="button" class="secondary" onClick={() => void forget()}>{t("draft.forget")}</button>
    </>
  );
}
