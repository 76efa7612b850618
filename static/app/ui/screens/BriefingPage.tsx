/** Utsättning: what is agreed for now and for later – who was there, the places and their reasons – and the way to a new one. */
import type { Briefing } from "../../domain/records";
import { coded, t } from "../../i18n";
import { Refusal } from "../parts/Refusal";
import { Screen } from "../parts/Screen";
import { Tick } from "../parts/Tick";
import { addressOf } from "../parts/Timeline";
import { safetyInWords } from "../read/places";
import { fieldTeams } from "../read/start";
import { openShift, type Row } from "../read/shifts";
import { clockTime, shortDay } from "../read/time";
import { comingBriefings, currentBriefings, mayChange } from "../read/tonight";
import { follow, go } from "../router";
import { now, records, session, userId } from "../state";

export function BriefingPage() {
  const all = records();
  const team = session() && fieldTeams(all, session()!)[0];
  const district = openShift(all, userId())?.fields.district ?? team?.district ?? null;
  const briefings = currentBriefings(all, district, now());
  const coming = comingBriefings(all, district, now());
  return (
    <Screen title={t("more.briefing")} backTo="/app/mer" reading
      action={team && <button type="button" class="primary" onClick={() => go("/app/mer/utsattning/ny")}>{t("briefing.new")}</button>}>
      {briefings.length === 0 && <p>{t("briefing.none")}</p>}
      {briefings.map((briefing) => <BriefingCard key={briefing.id} briefing={briefing} />)}
      {coming.length > 0 && <h2>{t("briefing.coming")}</h2>}
      {coming.map((briefing) => <BriefingCard key={briefing.id} briefing={briefing} />)}
    </Screen>
  );
}

function BriefingCard({ briefing }: { briefing: Row<"briefings"> }) {
  const { fields } = briefing;
  const actors = fields.actors.map(({ actor, people }) => `${coded("actor", actor)}${people > 0 ? ` ${people}` : ""}`);
  return (
    <section class="card">
      <h2>{fields.joint ? t("briefing.joint") : t("briefing.own")}</h2>
      <p class="quiet">{t("briefing.valid", { day: shortDay(fields.held_at), from: clockTime(fields.valid_from), until: clockTime(fields.valid_until) })}</p>
      {fields.police_area && <p class="quiet">{fields.police_area}</p>}
      {actors.length > 0 && <p>{actors.join(" · ")}</p>}
      <ol class="plain">
        {[...fields.priorities].sort((a, b) => a.rank - b.rank).map((priority) => <Place key={priority.site_id} priority={priority} />)}
      </ol>
      {fields.note && <p>{fields.note}</p>}
      {fields.changed_at && <p class="strong">{t("briefing.changed", { time: clockTime(fields.changed_at) })}</p>}
      <p class="quiet"><Tick row={briefing} /></p>
      {briefing.rejectionId && <Refusal id={briefing.rejectionId} correctAt={addressOf(briefing)} />}
      {session() && mayChange(session()!, briefing) && (
        <a class="secondary" href={`/app/mer/utsattning/${briefing.id}`} onClick={follow}>{t("briefing.change")}</a>
      )}
    </section>
  );
}

function Place({ priority: { site_id, rank, reason, covered_by } }: { priority: Briefing["priorities"][number] }) {
  const all = records();
  const site = all.get("sites", site_id)?.fields;
  const safety = site && safetyInWords(site);
  return (
    <li>
      <div class="ranked">
        <span class="rank">{rank}</span>
        <div>
          <p class="strong">{site?.name ?? t("place.unknown")}</p>
          {safety && <p class="warning">! {safety}</p>}
          <p class="quiet">
            {coded("priority", reason)}{covered_by && ` · ${t("briefing.covers", { team: all.get("teams", covered_by)?.fields.name ?? t("briefing.otherTeam") })}`}
          </p>
        </div>
      </div>
    </li>
  );
}
