/** What has waited too long on this phone: the day bar of earlier records, and the reminder after two hours (CL12). */
import { count, t } from "../../i18n";
import { overdue } from "../read/shifts";
import { daysBetween } from "../read/time";
import { follow } from "../router";
import { now, records, status } from "../state";

const REMIND_AFTER_MS = 2 * 60 * 60 * 1000;

export function hasWaitedLong(): boolean {
  const { oldestQueuedAt } = status();
  return oldestQueuedAt !== null && Date.parse(now()) - Date.parse(oldestQueuedAt) > REMIND_AFTER_MS;
}

export function Reminders() {
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
