/** *Påminn mig* on *Passet*: in a quarter, half or a whole hour, on this phone alone; it says plainly that no alarm is sent. */
import { t } from "../../i18n";
import { clockTime, isoLocal } from "../read/time";
import { forgetReminder, isDue, remind, remindAt } from "../reminder";
import { now } from "../state";

const MINUTES = [15, 30, 60] as const;

export function RemindMe() {
  const at = remindAt.value;
  const set = at !== null && !isDue(now());
  return (
    <fieldset class="chips even">
      <legend>{t("reminder.title")}</legend>
      {set ? (
        <button type="button" class="chip" onClick={forgetReminder}>{t("reminder.drop", { time: clockTime(at) })}</button>
      ) : (
        MINUTES.map((minutes) => (
          <button key={minutes} type="button" class="chip" onClick={() => remind(isoLocal(new Date(Date.parse(now()) + minutes * 60_000)))}>
            {t("reminder.in", { n: minutes })}
          </button>
        ))
      )}
      <p class="quiet">{t("reminder.noAlarm")}</p>
    </fieldset>
  );
}
