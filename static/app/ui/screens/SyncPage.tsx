/** Synkstatus: what waits and where, what has been received, what asks for something, and the ways to send it. */
import { count, t } from "../../i18n";
import { Conflicts, Refused, WaitingOnServer } from "../parts/Kept";
import { clockInWords, hasWaitedLong } from "../parts/Reminders";
import { SaveQueue } from "../parts/SaveQueue";
import { Screen } from "../parts/Screen";
import { sizeOf } from "../read/size";
import { moment } from "../read/values";
import { follow } from "../router";
import { app, platform, reach, session, status } from "../state";

export function SyncPage() {
  const state = status();
  const clock = clockInWords();
  const { ios, installed } = platform();
  const contact = { yes: t("sync.online"), no: t("sync.offline"), silent: t("sync.silent") }[reach()];
  return (
    <Screen title={t("more.sync")} backTo="/app/mer" reading action={<button type="button" class="primary" onClick={() => app().syncNow()}>{t("sync.now")}</button>}>
      <p role="status" class="strong">{phaseInWords()}</p>
      {state.phase === "signed_out" && session() && <a class="secondary" href="/app/logga-in" onClick={follow}>{t("signIn.title")}</a>}
      {hasWaitedLong() && <p class="notice">{t("sync.old")}</p>}
      {ios && !installed && state.queued > 0 && <p class="notice">{t("ios.sendFirst")}</p>}
      {clock && <p class="notice">{clock}</p>}
      <dl class="facts">
        <Line label={t("sync.waiting")} value={state.queued === 0 ? t("sync.nothing") : count("sync.records", state.queued)} />
        {state.oldestQueuedAt && <Line label={t("sync.oldest")} value={moment(state.oldestQueuedAt)} />}
        <Line label={t("sync.lastReceipt")} value={state.lastReceiptAt ? moment(state.lastReceiptAt) : t("sync.never")} />
        <Line label={t("sync.contact")} value={contact} />
      </dl>
      <Conflicts />
      <Refused />
      <WaitingOnServer name="held" />
      <WaitingOnServer name="late" />
      {state.queued > 0 && <SaveQueue />}
      <dl class="facts">
        <Line label={t("sync.persisted")} value={state.persisted === null ? t("sync.notAsked") : state.persisted ? t("sync.yes") : t("sync.no")} />
        {state.storage && <Line label={t("sync.storage")} value={t("sync.storageOf", { used: sizeOf(state.storage.usedBytes), quota: sizeOf(state.storage.quotaBytes) })} />}
      </dl>
      {state.persisted === false && <p class="quiet">{t("sync.notPersistedHint")}</p>}
    </Screen>
  );
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd><p>{value}</p></dd>
    </div>
  );
}

function phaseInWords(): string {
  const { phase, queued, rejected, conflicts, held, late } = status();
  if (phase !== "idle") return t(`sync.phase.${phase}`);
  if (queued > 0) return t("sync.phase.waiting");
  if (rejected > 0) return t("sync.phase.refused");
  if (conflicts > 0) return t("sync.phase.conflict");
  return held + late > 0 ? t("sync.phase.kept") : t("sync.phase.done");
}
