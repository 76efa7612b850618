/** Mer: everything one does not need with cold fingers, and the choices for this phone. */
import { count, language, t } from "../../i18n";
import { chooseLanguage, chooseTheme, theme } from "../device";
import { Screen } from "../parts/Screen";
import { Icon } from "../parts/Icon";
import { ledTeams } from "../read/safety";
import { follow } from "../router";
import { session, status } from "../state";

const REVIEW = { to: "/app/mer/granska", label: "review.title" } as const;
const LINKS = [
  { to: "/app/mer/pass", label: "more.myShifts" },
  { to: "/app/mer/utsattning", label: "more.briefing" },
  { to: "/app/mer/nattvandring", label: "walk.many" },
  { to: "/app/mer/synk", label: "more.sync" },
  { to: "/app/mer/efterhand", label: "more.afterwards" },
  { to: "/app/mer/hjalp", label: "more.help" },
  { to: "/app/mer/tillganglighet", label: "more.accessibility" },
  { to: "/app/mer/logga-ut", label: "more.signOut" },
] as const;
const THEMES = ["auto", "light", "night"] as const;
const LANGUAGES = [{ code: "sv", name: "Svenska" }, { code: "en", name: "English" }] as const;

export function More() {
  const { queued } = status();
  const current = session();
  const leads = current !== null && ledTeams(current).length > 0;
  return (
    <Screen title={t("tab.more")}>
      <p class="quiet">{current?.user.name}</p>
      <ul class="rows">
        {[...(leads ? [REVIEW] : []), ...LINKS].map(({ to, label }) => (
          <li key={to}>
            <a class="row" href={to} onClick={follow}>
              <span>{t(label)}{to === "/app/mer/synk" && queued > 0 && <span class="quiet"> {count("pill.waiting", queued)}</span>}</span>
              <Icon name="next" />
            </a>
          </li>
        ))}
      </ul>
      <fieldset class="chips even">
        <legend>{t("more.theme")}</legend>
        {THEMES.map((one) => (
          <button key={one} type="button" class="chip" aria-pressed={theme.value === one} onClick={() => chooseTheme(one)}>{t(`theme.${one}`)}</button>
        ))}
      </fieldset>
      <fieldset class="chips even">
        <legend>{t("more.language")}</legend>
        {LANGUAGES.map(({ code, name }) => (
          <button key={code} type="button" class="chip" lang={code} aria-pressed={language.value === code} onClick={() => void chooseLanguage(code)}>{name}</button>
        ))}
      </fieldset>
    </Screen>
  );
}
