/** *Fördela*: one age group at a time, three tiles; a tap is plus one. What is left stays unknown. */
import { useState } from "preact/hooks";
import { AGE_BANDS, GENDERS, type AgeBand } from "../../domain/records";
import { coded, count, t } from "../../i18n";
import { cellOf, contacts, rest, tap, total, type People, type Which } from "../read/people";
import { back, route } from "../router";
import { Icon } from "./Icon";
import { Screen } from "./Screen";

export function Distribute({ people, onChange }: { people: People; onChange: (people: People) => void }) {
  const [which, setWhich] = useState<Which>("present");
  const [band, setBand] = useState<AgeBand>("13-15");
  const form = route.value.path + "?" + route.value.query.toString();
  const done = () => back(form);
  return (
    <Screen title={t("people.distributeN", { n: total(people) ?? 0 })} backTo={form} onBack={done}
      action={<button type="button" class="primary" onClick={done}>{t("people.done")}</button>}>
      <div class="switch" role="group" aria-label={t("people.which")}>
        <button type="button" aria-pressed={which === "present"} onClick={() => setWhich("present")}>{t("people.present")}</button>
        <button type="button" aria-pressed={which === "contacts"} onClick={() => setWhich("contacts")}>{t("people.ofWhomContact")}</button>
      </div>
      <fieldset class="bands">
        <legend>{t("people.band")}</legend>
        {AGE_BANDS.map((one) => (
          <button key={one} type="button" aria-pressed={band === one} onClick={() => setBand(one)}>{coded("band", one)}</button>
        ))}
      </fieldset>
      <div class="tiles" role="group" aria-label={`${coded("band", band)}, ${which === "present" ? t("people.present") : t("people.ofWhomContact")}`}>
        {GENDERS.map((gender) => {
          const n = cellOf(people, band, gender)[which];
          const name = coded("gender", gender);
          return (
            <div key={gender} class="tile">
              <button type="button" class="plus" onClick={() => onChange(tap(people, band, gender, which, 1))}>
                <span>{name}</span>
                <span class="number">{n}</span>
                <span class="quiet">{t("people.tapAdds")}</span>
              </button>
              <button type="button" class="minus" disabled={n === 0} aria-label={t("stepper.less", { label: name })} onClick={() => onChange(tap(people, band, gender, which, -1))}>
                <Icon name="minus" />
              </button>
            </div>
          );
        })}
      </div>
      <section class="card" aria-live="polite">
        <h2>{t("people.soFar")}</h2>
        {soFar(people).map((line) => <p key={line}>{line}</p>)}
        {rest(people) > 0 && <p>{count("people.rest", rest(people))}</p>}
        {contacts(people) > 0 && <p>{count("people.contacts", contacts(people))}</p>}
        {total(people) === null && <p class="quiet">{t("people.notCounted")}</p>}
      </section>
    </Screen>
  );
}

/** "13–15 år: 2 flickor/kvinnor, 4 pojkar/män", a line for each age group in use. */
function soFar(people: People): string[] {
  return AGE_BANDS.flatMap((band) => {
    const cells = GENDERS.map((gender) => people.cells.find((cell) => cell.age_band === band && cell.gender === gender));
    const words = cells.flatMap((cell) => (cell ? [count(`people.${cell.gender}`, cell.present)] : []));
    return words.length > 0 ? [`${coded("band", band)}: ${words.join(", ")}`] : [];
  });
}
