/** One of tonight's places: rank, name, reasons in words, *Vi är här* and *Ej besökt* with its reason. */
import { useState } from "preact/hooks";
import { NOT_VISITED_REASONS } from "../../domain/records";
import { coded, t } from "../../i18n";
import { arrive, skip } from "../actions";
import { NOWHERE } from "../read/places";
import type { Row } from "../read/shifts";
import type { Card } from "../read/tonight";
import { useStill } from "../still";

export function PlaceCard({ card, shift }: { card: Card; shift: Row<"shifts"> }) {
  const [asking, setAsking] = useState(false);
  // *Ej besökt* gives way to the reasons, and a second touch is none of them.
  const still = useStill(String(asking));
  const { site, rank, reasons, safety, done } = card;
  const name = site.fields.name;
  const here = () => void arrive(shift.id, { ...NOWHERE, site_id: site.id, arena: "outdoor" });
  return (
    <li class={done ? "card done" : "card"} {...still}>
      <h3>
        {rank !== null && <span class="rank"><span class="hidden">{t("tonight.rank")} </span>{rank}</span>}
        <span>{name}</span>
      </h3>
      {safety && <p class="warning">! {safety}</p>}
      <p class="quiet">{done ? `✓ ${coded("done", done)}` : reasons}</p>
      {asking ? (
        <fieldset class="chips">
          <legend>{t("notVisited.why")}</legend>
          {NOT_VISITED_REASONS.map((reason) => (
            <button key={reason} type="button" class="chip" onClick={() => (setAsking(false), void skip(shift, site.id, reason))}>
              {coded("notVisited", reason)}
            </button>
          ))}
          <button type="button" class="chip more" onClick={() => setAsking(false)}>{t("frame.cancel")}</button>
        </fieldset>
      ) : (
        <div class="pair">
          <button type="button" class="secondary" onClick={here}>
            {t("visit.arrive")}<span class="hidden"> {name}</span>
          </button>
          {done === null && (
            <button type="button" class="secondary narrow" onClick={() => setAsking(true)}>
              {t("outcome.not_visited")}<span class="hidden"> {name}</span>
            </button>
          )}
        </div>
      )}
    </li>
  );
}
