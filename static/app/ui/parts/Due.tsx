/** What one asked this phone to remind one of, on whatever screen one is. It buzzes once, where the phone can. */
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { buzz, forgetReminder, isDue } from "../reminder";
import { now } from "../state";

export function Due() {
  const due = isDue(now());
  useEffect(() => {
    if (due) buzz();
  }, [due]);
  if (!due) return null;
  return (
    <div class="undo" role="status">
      <span>{t("reminder.due")}</span>
      <button type="button" onClick={forgetReminder}>{t("reminder.done")}</button>
    </div>
  );
}
