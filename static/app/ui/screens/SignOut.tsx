/** Signing out says what is not yet sent and lets one choose (CL8): send now, stay, or send at the next sign-in. */
import { useState } from "preact/hooks";
import { count, t } from "../../i18n";
import { attempt } from "../announce";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { back, replace } from "../router";
import { app, isOffline, status } from "../state";
import { closeUndo } from "../undo";

export function SignOut() {
  const { queued, phase } = status();
  const leave = async () => {
    if (!(await attempt(() => app().signOut()))) return;
    closeUndo();
    replace("/");
  };
  const stay = () => back("/app/mer");
  // What was waiting when the page was opened: once it has gone, no other button may come under the thumb that meant to send it.
  const [hadWaiting] = useState(queued > 0);
  const isSent = queued === 0;
  if (isSent && !hadWaiting)
    return (
      <Screen title={t("more.signOut")} backTo="/app/mer" action={<Working run={leave}>{t("signOut.now")}</Working>}>
        <p>{t("signOut.nothingWaits")}</p>
        <button type="button" class="secondary" onClick={stay}>{t("signOut.stay")}</button>
      </Screen>
    );
  const send = <button type="button" class="primary" disabled={isSent} onClick={() => app().syncNow()}>{t("sync.now")}</button>;
  return (
    <Screen title={t("more.signOut")} backTo="/app/mer" action={send}>
      <p class="strong" role="status">{isSent ? t("signOut.nothingWaits") : count("signOut.waiting", queued)}</p>
      {phase === "sending" && <p class="quiet">{t("sync.phase.sending")}</p>}
      {isOffline() && <p class="quiet">{t("signOut.offline")}</p>}
      <button type="button" class="secondary" onClick={stay}>{t("signOut.stay")}</button>
      <Working run={leave} class="secondary">{isSent ? t("signOut.now") : t("signOut.later")}</Working>
      {!isSent && <p class="quiet">{t("signOut.laterHint")}</p>}
    </Screen>
  );
}
