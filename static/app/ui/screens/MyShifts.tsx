/** Mina pass: drafts, what waits, what is sent, what has come back. */
import { count, t, type Key } from "../../i18n";
import { Screen } from "../parts/Screen";
import { Tick } from "../parts/Tick";
import { askedOf, mendedOf } from "../read/comments";
import { myShifts, type Row } from "../read/shifts";
import { clockTime, dateInWords, shortDay } from "../read/time";
import { follow } from "../router";
import { records, userId } from "../state";

type Group = "returned" | "draft" | "waiting" | "sent";
const HEADINGS: Record<Group, Key> = {
  returned: "status.returned", draft: "myShifts.drafts", waiting: "myShifts.waiting", sent: "myShifts.sent",
};

function groupOf({ fields, tick }: Row<"shifts">): Group {
  if (fields.status === "returned" || fields.status === "draft") return fields.status;
  return tick === "received" ? "sent" : "waiting";
}

export function MyShifts() {
  const shifts = myShifts(records(), userId());
  return (
    <Screen title={t("more.myShifts")} backTo="/app/mer">
      {shifts.length === 0 && <p class="quiet">{t("myShifts.none")}</p>}
      {(Object.keys(HEADINGS) as Group[]).map((group) => {
        const rows = shifts.filter((shift) => groupOf(shift) === group);
        if (rows.length === 0) return null;
        return (
          <section key={group}>
            <h2>{t(HEADINGS[group])}</h2>
            <ul class="rows">{rows.map((shift) => <ShiftRow key={shift.id} shift={shift} />)}</ul>
          </section>
        );
      })}
    </Screen>
  );
}

function ShiftRow({ shift }: { shift: Row<"shifts"> }) {
  const { kind, started_at, ended_at, status } = shift.fields;
  const open = status === "draft" && !ended_at;
  const round = askedOf(records(), shift);
  const mended = mendedOf(records(), { shift_id: shift.id }).length;
  return (
    <li>
      <a class="row" href={open ? "/app/passet" : `/app/pass/${shift.id}`} onClick={follow}>
        <span>
          <span class="strong">{t(`shift.${kind}`)}</span>{" "}
          {shortDay(started_at)} {clockTime(started_at)}{ended_at && `–${clockTime(ended_at)}`}
          <br />
          <span class="quiet">{open ? t("myShifts.underWay") : t(`status.${status}`)} · <Tick row={shift} /></span>
          {round && (
            <>
              <br />
              <span class="strong">{[count("asked.things", round.comments.length), round.dueOn && t("asked.due", { day: dateInWords(round.dueOn) })].filter(Boolean).join(" · ")}</span>
            </>
          )}
          {mended > 0 && <><br /><span class="quiet">{count("mended.things", mended)}</span></>}
        </span>
      </a>
    </li>
  );
}
