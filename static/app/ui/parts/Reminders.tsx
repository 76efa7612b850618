/** What has waited too long on this phone: the day bar of earlier records, and the reminder after two hours (CL12). A clock that is wrong (PU15). What is back to be completed. What a leader hears the same night. */
import { count, t } from "../../i18n";
import { placeName } from "../read/places";
import { returned } from "../read/comments";
import { unsafeLately } from "../read/safety";
import { overdue } from "../read/shifts";
import { clockTime, dateInWords, daysBetween } from "../read/time";
import { follow } from "../router";
import { now, records, session, status, userId } from "../state";

const REMIND_AFTER_MS = 2 * 60 * 60 * 1000;
const CLOCK_TOLERANCE_S = 600;

export function hasWaitedLong(): boolean {
  const { oldestQueuedAt } = status();
  return oldestQueuedAt !== null && Date.parse(now()) - Date.parse(oldestQueuedAt) > REMIND_AFTER_MS;
}

/** What is told of a clock that is off by more than one need not mind, else null. */
export function clockInWords(): string | null {
  const offS = Math.abs(status().clockOffsetS);
  return offS > CLOCK_TOLERANCE_S ? t("sync.clock", { n: Math.round(offS / 60) }) : null;
}

export function Reminders() {
  const clock = clockInWords();
  return (
    <>
      <Waiting />
      <Returned />
      <Unsafe />
      {clock && <Reminder text={clock} />}
    </>
  );
}

/** A place that a group of one's own did not go to because it was not safe: the leader hears of it the same night. */
function Unsafe() {
  const current = session();
  const all = records();
  if (!current) return null;
  return (
    <>
      {unsafeLately(all, current, now()).map(({ id, fields }) => (
        <p key={id} class="notice warning">! {t("safety.notVisited", { place: placeName(all, fields), time: clockTime(fields.arrived_at) })}</p>
      ))}
    </>
  );
}

function Waiting() {
  const waiting = overdue(records(), now());
  if (waiting) {
    const yesterday = daysBetween(waiting.day, now()) === 1;
    return <Reminder text={count(yesterday ? "shift.overdueYesterday" : "shift.overdueEarlier", waiting.n)} />;
  }
  return hasWaitedLong() ? <Reminder text={t("sync.old")} /> : null;
}

/** What the team leader asks for again, until it is sent in. */
function Returned() {
  const back = returned(records(), userId());
  const [first] = back;
  if (!first) return null;
  const day = first.round?.dueOn;
  const text = day ? count("asked.backBy", back.length, { day: dateInWords(day) }) : count("asked.back", back.length);
  return <Reminder text={text} to={back.length === 1 ? `/app/pass/${first.shift.id}` : "/app/mer/pass"} />;
}

function Reminder({ text, to = "/app/mer/synk" }: { text: string; to?: string }) {
  return <p class="notice"><a class="change" href={to} onClick={follow}>{text}</a></p>;
}
