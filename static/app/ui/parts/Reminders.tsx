/** What has waited too long on this phone: the day bar of earlier records, and the reminder after two hours (CL12). And a clock that is wrong (PU15). */
import { count, t } from "../../i18n";
import { overdue } from "../read/shifts";
import { daysBetween } from "../read/time";
import { follow } from "../router";
import { now, records, status } from "../state";

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
      {clock && <Reminder text={clock} />}
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

function Reminder({ text }: { text: string }) {
  return <p class="notice"><a class="change" href="/app/mer/synk" onClick={follow}>{text}</a></p>;
}
