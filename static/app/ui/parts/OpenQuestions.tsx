/** What the check page asks before a pass is sent in: priorities not visited, and visits that say nothing. One tap each. */
import { NOT_VISITED_REASONS } from "../../domain/records";
import { coded, t } from "../../i18n";
import { noteNothing, skip } from "../actions";
import { placeName } from "../read/places";
import type { Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { openQuestions } from "../read/tonight";
import { go } from "../router";
import { records } from "../state";
import { useStill } from "../still";

export function OpenQuestions({ shift, endedAt }: { shift: Row<"shifts">; endedAt: string }) {
  const all = records();
  const { missed, unanswered } = openQuestions(all, shift, endedAt);
  const still = useStill([...missed.map(({ site }) => site.id), ...unanswered.map(({ id }) => id)].join());
  if (missed.length + unanswered.length === 0) return null;
  return (
    <section class="stack" {...still} aria-label={t("check.questions")}>
      {missed.map(({ site, rank }) => (
        <fieldset key={site.id} class="chips card">
          <legend>{t("check.missed", { rank: rank ?? "", place: site.fields.name })}</legend>
          {NOT_VISITED_REASONS.map((reason) => (
            <button key={reason} type="button" class="chip" onClick={() => void skip(shift, site.id, reason)}>{coded("notVisited", reason)}</button>
          ))}
        </fieldset>
      ))}
      {unanswered.map((visit) => (
        <fieldset key={visit.id} class="card">
          <legend>{t("check.unanswered", { place: placeName(all, visit.fields), time: clockTime(visit.fields.arrived_at) })}</legend>
          <div class="pair">
            <button type="button" class="secondary" onClick={() => void noteNothing(visit)}>{t("visit.nothingNoted")}</button>
            <button type="button" class="secondary" onClick={() => go(`/app/iakttagelse/ny?besok=${visit.id}`)}>{t("observation.new")}</button>
          </div>
        </fieldset>
      ))}
    </section>
  );
}
