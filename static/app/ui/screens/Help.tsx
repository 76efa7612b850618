/** Hjälp and Tillgänglighet: short texts that also work without coverage. */
import { t, type Key } from "../../i18n";
import { Screen } from "../parts/Screen";

const HELP: [Key, Key][] = [
  ["help.evening", "help.eveningText"],
  ["help.ticks", "help.ticksText"],
  ["help.nothing", "help.nothingText"],
  ["help.people", "help.peopleText"],
  ["help.privacy", "help.privacyText"],
  ["help.position", "help.positionText"],
  ["help.undo", "help.undoText"],
  ["help.offline", "help.offlineText"],
  ["help.conflict", "help.conflictText"],
  ["help.cannotSend", "help.cannotSendText"],
];

export function Help() {
  return (
    <Screen title={t("more.help")} backTo="/app/mer" reading>
      {HELP.map(([heading, text]) => (
        <section key={heading}>
          <h2>{t(heading)}</h2>
          <p>{t(text)}</p>
        </section>
      ))}
    </Screen>
  );
}

export function Accessibility() {
  return (
    <Screen title={t("more.accessibility")} backTo="/app/mer" reading>
      <p>{t("accessibility.aim")}</p>
      <p>{t("accessibility.how")}</p>
      <p>{t("accessibility.report")}</p>
    </Screen>
  );
}
