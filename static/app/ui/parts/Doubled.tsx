/** Two passes of the same people at the same time: said, and made one in a tap while one's own is still empty. */
import { t } from "../../i18n";
import { joinInstead } from "../actions";
import { doubled, isBlank, isEditable, type Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { personName } from "../read/values";
import { records, session, userId } from "../state";
import { Working } from "./Working";

export function Doubled({ shift }: { shift: Row<"shifts"> }) {
  const all = records();
  const other = doubled(all, shift);
  if (!other) return null;
  const both = other.fields.participant_ids.filter((id) => shift.fields.participant_ids.includes(id));
  // Who is on the other pass changes it as one likes; from outside one puts only oneself there (access.md).
  const mine = [userId(), ...both];
  const movable = isBlank(all, shift) && (other.fields.participant_ids.includes(userId()) || shift.fields.participant_ids.every((id) => mine.includes(id)));
  return (
    <section class="notice">
      <p>{t("doubled.said", { who: both.map((id) => personName(all, session(), id)).join(", "), time: clockTime(other.fields.started_at) })}</p>
      {movable && isEditable(other)
        ? <Working class="secondary" run={() => joinInstead(shift, other)}>{t("doubled.join")}</Working>
        : <p class="quiet">{t("doubled.kept")}</p>}
    </section>
  );
}
