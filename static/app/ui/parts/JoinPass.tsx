/** Passes that colleagues have under way, each joined in one tap: then it is one pass, and every line says who wrote it. */
import { t } from "../../i18n";
import { joinShift } from "../actions";
import { fieldTeams } from "../read/start";
import { joinable } from "../read/shifts";
import { clockTime } from "../read/time";
import { personName } from "../read/names";
import { now, records, session } from "../state";
import { Working } from "./Working";

export function JoinPass() {
  const all = records();
  const current = session();
  if (!current) return null;
  const teams = fieldTeams(all, current).map(({ teamId }) => teamId);
  return (
    <>
      {joinable(all, current.user.id, teams, now()).map((shift) => (
        <section key={shift.id} class="card">
          <h2>{t("join.title")}</h2>
          <p>{shift.fields.participant_ids.map((id) => personName(all, current, id)).join(", ")}</p>
          <p class="quiet">{t(`shift.${shift.fields.kind}`)} · {t("join.since", { time: clockTime(shift.fields.started_at) })}</p>
          <Working class="secondary" run={() => joinShift(shift, current.user.id)}>{t("join.join")}</Working>
        </section>
      ))}
    </>
  );
}
