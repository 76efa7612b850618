/** Passet: the timeline of the pass under way, or of an earlier one; undo, add afterwards, and the way to the check page. */
import { t } from "../../i18n";
import { attempt } from "../announce";
import { Back } from "../parts/Back";
import { Doubled } from "../parts/Doubled";
import { OpenItems } from "../parts/OpenItems";
import { RemindMe } from "../parts/RemindMe";
import { Reminders } from "../parts/Reminders";
import { Screen } from "../parts/Screen";
import { TakenOver } from "../parts/TakenOver";
import { Timeline } from "../parts/Timeline";
import { mayChange, openShift, type Row } from "../read/shifts";
import { clockTime, shortDay } from "../read/time";
import { follow, go } from "../router";
import { records, userId } from "../state";
import { newest, undoNewest } from "../undo";

export function ShiftLog() {
  const shift = openShift(records(), userId());
  if (!shift)
    return (
      <Screen title={t("tab.shift")}>
        <Reminders />
        <p>{t("shift.none")}</p>
        <button type="button" class="secondary" onClick={() => go("/app")}>{t("shift.toStart")}</button>
        <button type="button" class="secondary" onClick={() => go("/app/mer/pass")}>{t("more.myShifts")}</button>
      </Screen>
    );
  return (
    <Screen title={t("tab.shift")} action={<Finish shift={shift} />}>
      <Reminders />
      <Doubled shift={shift} />
      <TakenOver teamId={shift.fields.team_id} before={shift.fields.started_at} />
      <Body shift={shift} />
      <RemindMe />
      <p><a class="change" href="/app/kod" onClick={follow}>{t("code.join")}</a></p>
    </Screen>
  );
}

/** One of one's earlier passes: what was written in afterwards, what waits, what came back. */
export function EarlierShift({ shift }: { shift: Row<"shifts"> }) {
  const { kind, started_at, ended_at, status } = shift.fields;
  const editable = mayChange(shift, userId());
  const hours = [started_at, ended_at].filter((at) => at !== null).map(clockTime).join("–");
  return (
    <Screen title={t(`shift.${kind}`)} detail={`${shortDay(started_at)} ${hours}`} backTo="/app/mer/pass" reading={!editable} action={editable && <Finish shift={shift} />}>
      <p class="strong">{t(`status.${status}`)}</p>
      <Back shift={shift} editable={editable} />
      {editable && <Doubled shift={shift} />}
      {status === "approved" && <p>{t("status.lockedHint")}</p>}
      <Body shift={shift} />
    </Screen>
  );
}

function Body({ shift }: { shift: Row<"shifts"> }) {
  const editable = mayChange(shift, userId());
  const last = newest();
  return (
    <>
      {editable && (
        <div class="pair">
          <button type="button" class="secondary" onClick={() => go(`/app/plats?efter=${shift.id}`)}>{t("visit.addAfterwards")}</button>
          <a class="secondary" href={`/app/pass/${shift.id}/uppgifter`} onClick={follow}>{t("shift.facts")}</a>
        </div>
      )}
      {editable && <OpenItems shift={shift} />}
      {editable && last && (
        <button type="button" class="secondary" onClick={() => void attempt(undoNewest)}>
          {t("undo.latest", { what: t(last.label) })}
        </button>
      )}
      <Timeline shift={shift} editable={editable} />
    </>
  );
}

function Finish({ shift }: { shift: Row<"shifts"> }) {
  const again = shift.fields.status === "returned";
  const label = again ? t("check.submitAgain") : shift.fields.ended_at ? t("check.title") : t("shift.finish");
  return <button type="button" class="primary" onClick={() => go(`/app/pass/${shift.id}/skicka`)}>{label}</button>;
}
