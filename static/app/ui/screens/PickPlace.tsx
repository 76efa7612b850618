/**
 * *Vi är här*: the nearest place by one fix on request, the list to search offline, a school, a stadsdel,
 * a new place, or something digital. Also used to write a visit in afterwards and to change where one was.
 */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { isLocked } from "../../domain/locked";
import type { Arena } from "../../domain/records";
import { arrive, changeVisit } from "../actions";
import { Locked } from "../parts/Locked";
import { Screen } from "../parts/Screen";
import { NearestPlace } from "../parts/NearestPlace";
import { NewPlace } from "../parts/NewPlace";
import { PlaceList } from "../parts/PlaceList";
import { NOWHERE, type Choice, type Where } from "../read/places";
import { openShift } from "../read/shifts";
import { back, go, replace, route } from "../router";
import { records, userId } from "../state";

const KINDS = ["site", "school", "neighbourhood", "new", "elsewhere"] as const;
const ELSEWHERE: readonly Arena[] = ["digital", "meeting"];

/** A visit's place in the address of the form that asks for its times. */
export const encodeWhere = (where: Where): string => encodeURIComponent(JSON.stringify(where));

export function whereOf(choice: Choice): Where {
  if (choice.kind === "site") return { ...NOWHERE, site_id: choice.id, arena: "outdoor" };
  if (choice.kind === "school") return { ...NOWHERE, school_unit_code: choice.id, arena: "school" };
  return { ...NOWHERE, neighbourhood: choice.id, arena: "outdoor" };
}

export function PickPlace() {
  const [kind, setKind] = useState<(typeof KINDS)[number]>("site");
  const all = records();
  const { query } = route.value;
  const changed = all.get("visits", query.get("besok") ?? "");
  const afterwards = query.get("efter");
  const shift = all.get("shifts", changed?.fields.shift_id ?? afterwards ?? "") ?? openShift(all, userId());
  const home = afterwards ? `/app/pass/${afterwards}` : changed ? `/app/besok/${changed.id}` : "/app";
  if (!shift) {
    replace("/app");
    return null;
  }

  if (changed && isLocked(all, "visits", changed.id)) return <Locked visit={changed} />;

  const choose = async (where: Where) => {
    if (afterwards) return go(`/app/pass/${shift.id}/besok?plats=${encodeWhere(where)}`);
    const kept = changed ? await changeVisit(changed, where) : await arrive(shift.id, where);
    if (kept) back(home);
  };
  const title = afterwards ? t("visit.addAfterwards") : changed ? t("place.change") : t("visit.arrive");

  return (
    <Screen title={title} backTo={home}>
      {!afterwards && !changed && <NearestPlace onChoose={(choice) => void choose(whereOf(choice))} />}
      <fieldset class="chips">
        <legend>{t("place.kind")}</legend>
        {KINDS.map((one) => (
          <button key={one} type="button" class="chip" aria-pressed={kind === one} onClick={() => setKind(one)}>
            {t(`place.${one}`)}
          </button>
        ))}
      </fieldset>
      {(kind === "site" || kind === "school" || kind === "neighbourhood") && (
        <PlaceList key={kind} kind={kind} district={shift.fields.district} onChoose={(choice) => void choose(whereOf(choice))} />
      )}
      {kind === "new" && <NewPlace onChoose={(place) => choose({ ...NOWHERE, place, arena: "outdoor" })} />}
      {kind === "elsewhere" && (
        <ul class="rows">
          {ELSEWHERE.map((arena) => (
            <li key={arena}>
              <button type="button" class="row" onClick={() => void choose({ ...NOWHERE, arena })}>
                <span class="strong">{t(arena === "digital" ? "place.digital" : "place.meeting")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Screen>
  );
}
