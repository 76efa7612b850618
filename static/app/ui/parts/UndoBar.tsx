/** The bar after each action: what was done, and *Ångra*, for at least ten seconds (U04). */
import { t } from "../../i18n";
import { attempt } from "../announce";
import { barShown, newest, undoNewest } from "../undo";

export function UndoBar() {
  const action = newest();
  if (!barShown.value || !action) return null;
  return (
    <div class="undo">
      <span>{t(action.label)}</span>
      <button type="button" onClick={() => void attempt(undoNewest)}>{t("undo.undo")}</button>
    </div>
  );
}
