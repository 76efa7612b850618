/** Ikväll (Idag on a day pass): start the pass, the place one is at, and tonight's places in order. */
import { useEffect, useState } from "preact/hooks";
import type { Position } from "../../domain/here";
import { t } from "../../i18n";
import { follow, go } from "../router";
import { Screen } from "../parts/Screen";
import { CurrentVisit } from "../parts/CurrentVisit";
import { Distances } from "../parts/Distances";
import { PlaceCard } from "../parts/PlaceCard";
import { Reminders } from "../parts/Reminders";
import { StartPass } from "../parts/StartPass";
import { placesToFollowUp } from "../read/followUp";
import { survivorOf } from "../read/places";
import { observationsOf, openShift, openVisit, type Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { currentBriefings, tonightsCards } from "../read/tonight";
import { newShift } from "../read/start";
import { now, records, session, status, userId } from "../state";
import { useStill } from "../still";

export function Tonight() {
  const all = records();
  const shift = openShift(all, userId());
  const visit = shift && openVisit(all, shift.id);
  const [from, setFrom] = useState<Position | null>(null);
  // The place one has just come to is on top, wherever in the list it was tapped.
  useEffect(() => {
    if (visit) document.querySelector("main")?.scrollTo(0, 0);
  }, [visit?.id]);
  const cards = shift ? tonightsCards(all, shift.fields.district, shift.id, now(), from, now(), placesToFollowUp(all, shift.fields.team_id)) : [];
  const still = useStill([shift?.id, visit?.id, visit && observationsOf(all, visit.id).length, visit?.fields.outcome, ...cards.map(({ site, done }) => `${site.id} ${done}`)].join());
  if (!shift) return <StartPass />;
  const here = visit?.fields.site_id && survivorOf(all, visit.fields.site_id);
  const ahead = cards.filter((card) => card.done === null && card.site.id !== here);
  const behind = cards.filter((card) => card.done !== null && card.site.id !== here);

  return (
    <Screen title={shift.fields.kind === "day" ? t("tab.today") : t("tab.tonight")} action={<Primary visit={visit} />}>
      {visit && <CurrentVisit visit={visit} still={still} />}
      <Alone shift={shift} />
      <Reminders />
      <ChangedBriefing district={shift.fields.district} />
      {ahead.length > 0 && <h2>{visit ? t("tonight.next") : t("tonight.places")}</h2>}
      {ahead.length > 0 && <Distances isShown={from !== null} onFix={setFrom} />}
      <ul class="cards" {...still}>
        {ahead.map((card) => <PlaceCard key={card.site.id} card={card} shift={shift} />)}
      </ul>
      {visit && <button type="button" class="secondary" onClick={() => go("/app/plats")}>{t("tonight.otherPlace")}</button>}
      {cards.length === 0 && <Empty />}
      {behind.length > 0 && <h2>{t("tonight.done")}</h2>}
      <ul class="cards" {...still}>
        {behind.map((card) => <PlaceCard key={card.site.id} card={card} shift={shift} />)}
      </ul>
    </Screen>
  );
}

function Primary({ visit }: { visit: Row<"visits"> | undefined }) {
  if (visit)
    return (
      <button type="button" class="primary" onClick={() => go(`/app/iakttagelse/ny?besok=${visit.id}`)}>
        {t("observation.new")}
      </button>
    );
  return <button type="button" class="primary" onClick={() => go("/app/plats")}>{t("tonight.otherPlace")}</button>;
}

/** What was agreed on has changed during the evening. */
function ChangedBriefing({ district }: { district: string }) {
  const changed = currentBriefings(records(), district, now()).find(({ fields }) => fields.changed_at)?.fields.changed_at;
  if (!changed) return null;
  return <p class="notice"><a class="change" href="/app/mer/utsattning" onClick={follow}>{t("tonight.briefingChanged", { time: clockTime(changed) })}</a></p>;
}

/** Two on a pass is the rule: a warning, never a block. */
function Alone({ shift }: { shift: Row<"shifts"> }) {
  const { participant_ids, other_participants } = shift.fields;
  if (participant_ids.length + other_participants >= 2) return null;
  return (
    <p class="notice">
      {t("tonight.alone")}
      <a class="change" href={`/app/pass/${shift.id}/uppgifter`} onClick={follow}>{t("tonight.addPeople")}</a>
    </p>
  );
}

export function Empty() {
  if (status().downloading) return <p class="quiet" role="status">{t("frame.downloading")}</p>;
  const current = session();
  const start = current && newShift(records(), current, now());
  // Who coordinates walks has no team and no pass: their evening is elsewhere.
  if (!start && current?.grants.some(({ role }) => role === "walk_coordinator"))
    return <a class="secondary" href="/app/mer/nattvandring" onClick={follow}>{t("walk.many")}</a>;
  return <p class="quiet">{start ? t("tonight.empty") : t("tonight.noTeam")}</p>;
}
