/** The place the group is at now: since when, with whom, and the three things one can do there. */
import { coded, t } from "../../i18n";
import { leave, noteNothing } from "../actions";
import { placeName } from "../read/places";
import { observationsOf, type Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { follow, go } from "../router";
import { records } from "../state";
import type { Still } from "../still";
import { Tick } from "./Tick";
import { FIRST_TOPICS } from "./topics";

export function CurrentVisit({ visit, still }: { visit: Row<"visits">; still: Still }) {
  const all = records();
  const { fields } = visit;
  const noted = observationsOf(all, visit.id).length;
  const withWhom = fields.together_with.map((code) => coded("together", code).toLocaleLowerCase("sv"));
  const since = t("visit.since", { time: clockTime(fields.arrived_at) });
  const name = placeName(all, fields);
  return (
    <section class="card here" {...still} aria-label={t("visit.here", { place: name })}>
      <h2><a href={`/app/besok/${visit.id}`} onClick={follow}>{name}</a></h2>
      <p class="quiet">{[since, ...(withWhom.length > 0 ? [t("visit.with", { whom: withWhom.join(", ") })] : [])].join(" · ")}</p>
      <p class="quiet"><Tick row={visit} /></p>
      {fields.outcome === "nothing_noted" && <p class="strong">{t("outcome.nothing_noted")}</p>}
      {noted === 0 && fields.outcome !== "nothing_noted" && (
        <div class="chips" role="group" aria-label={t("observation.topics")}>
          {FIRST_TOPICS.map((topic) => (
            <button key={topic} type="button" class="chip" onClick={() => go(`/app/iakttagelse/ny?besok=${visit.id}&amne=${topic}`)}>
              {coded("topic", topic)}
            </button>
          ))}
        </div>
      )}
      <div class="pair">
        {noted === 0 && fields.outcome !== "nothing_noted" && (
          <button type="button" class="secondary" onClick={() => void noteNothing(visit)}>{t("visit.nothingNoted")}</button>
        )}
        <button type="button" class="secondary" onClick={() => void leave(visit)}>{t("visit.leave")}</button>
      </div>
    </section>
  );
}
