/** In place of a form about a visit of an approved pass: why it can't be saved, and whom to talk to. */
import { t } from "../../i18n";
import { placeName } from "../read/places";
import type { Row } from "../read/shifts";
import { records } from "../state";
import { Screen } from "./Screen";

export function Locked({ visit }: { visit: Row<"visits"> }) {
  return (
    <Screen title={placeName(records(), visit.fields)} backTo={`/app/pass/${visit.fields.shift_id}`} reading>
      <p class="strong" role="status">{t("status.lockedHint")}</p>
    </Screen>
  );
}
