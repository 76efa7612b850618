/** What the map says of the place one has chosen, in words, and the way to say that one is there. */
import { t } from "../../i18n";
import { arrive } from "../actions";
import type { Listed } from "../read/mapPlaces";
import { openShift, openVisit } from "../read/shifts";
import { go } from "../router";
import { records, userId } from "../state";
import { Mark } from "./Mark";
import { Working } from "./Working";

interface Props {
  place: Listed;
  radiusM: number;
  onClose: () => void;
}

export function ChosenPlace({ place: { name, look, safety, words, where }, radiusM, onClose }: Props) {
  const all = records();
  const shift = openShift(all, userId());
  const here = shift && openVisit(all, shift.id)?.fields;
  const isHere = here && where && (where.site_id ? here.site_id === where.site_id : where.school_unit_code ? here.school_unit_code === where.school_unit_code : JSON.stringify(here.place) === JSON.stringify(where.place));
  const arriveHere = async () => {
    if (shift && where && (await arrive(shift.id, where))) go("/app");
  };
  return (
    <section class="card chosen" aria-label={name}>
      <div class="ranked">
        <Mark of={look} />
        <h2>{name}</h2>
        <button type="button" class="bare" aria-label={t("map.close", { place: name })} onClick={onClose}>✕</button>
      </div>
      {safety && <p class="warning">! {safety}</p>}
      <p class="quiet">{words}{look !== "school" && look !== "new" && `. ${t("map.zone", { metres: radiusM })}`}</p>
      {shift && where && !isHere && <Working run={arriveHere} class="secondary">{t("visit.arrive")}</Working>}
    </section>
  );
}
