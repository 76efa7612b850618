/** Before the pass: tonight's agreed places, what the pass will begin with, and *Starta pass* in one tap. */
import { useState } from "preact/hooks";
import { handover } from "../../domain/handover";
import { count, t } from "../../i18n";
import { startShift } from "../actions";
import { Empty } from "../screens/Tonight";
import { placesToFollowUp } from "../read/followUp";
import { itemInWords } from "../read/items";
import { districtOptions, fieldTeams, newShift, purposeFaults, purposeInWords, requesterOptions } from "../read/start";
import { clockTime } from "../read/time";
import { tonightsCards } from "../read/tonight";
import { follow } from "../router";
import { now, platform, records, session, status } from "../state";
import { Select } from "./Field";
import { JoinPass } from "./JoinPass";
import { Reminders } from "./Reminders";
import { Screen } from "./Screen";
import { TakenOver } from "./TakenOver";
import { Working } from "./Working";

export function StartPass() {
  const all = records();
  const current = session();
  const start = current && newShift(all, current, now());
  const [picked, setPicked] = useState("");
  const [asker, setAsker] = useState("");
  const [missing, setMissing] = useState(false);
  const { ios, installed } = platform();
  const blocked = ios && !installed;

  const begin = async () => {
    if (!start) return;
    const district = picked || start.district;
    const requested_by = start.requested_by ?? (asker || null);
    const lacking = [...(district ? [] : ["district"]), ...purposeFaults({ ...start, requested_by }).map(({ id }) => id)];
    if (lacking.length > 0) {
      setMissing(true);
      document.getElementById(lacking[0]!)?.focus();
      return;
    }
    const { items } = handover(all.all("shifts").map(({ fields }) => fields), start.team_id, now());
    await startShift({ ...start, requested_by, district, open_items: items });
  };
  // The central unit works anywhere, and a pass keeps the district it began with.
  const central = current && fieldTeams(all, current).find((team) => team.teamId === start?.team_id)?.district === null;
  const others = start ? start.participant_ids.filter((id) => id !== current?.user.id) : [];
  const names = others.map((id) => all.get("people", id)?.fields.name).filter((name) => name !== undefined);
  const cards = start?.district ? tonightsCards(all, start.district, null, now(), null, now(), placesToFollowUp(all, start.team_id)) : [];
  const plan = start?.plan_id ? all.get("shift_plans", start.plan_id)?.fields : undefined;
  const errors = missing && start ? [
    ...(picked || start.district ? [] : [{ id: "district", text: t("start.districtMissing") }]), ...purposeFaults({ ...start, requested_by: start.requested_by ?? (asker || null) }),
  ] : [];

  return (
    <Screen title={t("tab.tonight")} action={start && !blocked && <Working run={begin}>{t("start.start")}</Working>}>
      {blocked && <InstallFirst />}
      <Reminders />
      {!blocked && <JoinPass />}
      {start && (
        <section class="card">
          <h2>{t(`shift.${start.kind}`)}</h2>
          <p>{[t("start.you"), ...names].join(", ")}{start.other_participants > 0 && ` + ${count("start.others", start.other_participants)}`}</p>
          <p class="quiet">{[purposeInWords(all, start), all.all("districts").find((row) => row.fields.code === start.district)?.fields.name].filter(Boolean).join(" · ")}</p>
          {plan && (
            <p class="quiet">
              {t("start.planned", { from: clockTime(plan.starts_at), until: clockTime(plan.ends_at), people: plan.planned_people ?? 0 })}
            </p>
          )}
          {central && (
            <Select id="district" label={t("shift.district")} value={picked || start.district} onChange={setPicked} errors={errors}
              options={[{ value: "", label: t("start.chooseDistrict") }, ...districtOptions(all)]} />
          )}
          {start.assignment === "reinforcement" && !start.requested_by && (
            <Select id="requested" label={t("shift.requestedBy")} value={asker} onChange={setAsker} errors={errors} options={requesterOptions(all)} />
          )}
          <p class="quiet">{t("start.editAfter")}</p>
        </section>
      )}
      {start && !blocked && <p><a class="change" href="/app/kod" onClick={follow}>{t("code.join")}</a></p>}
      {start && <TakenOver teamId={start.team_id} before={now()} inWords={(item) => itemInWords(all, item)} />}
      {cards.length > 0 && <h2>{t("tonight.places")}</h2>}
      <ul class="cards">
        {cards.map(({ site, rank, reasons, safety }) => (
          <li key={site.id} class="card">
            <h3>{rank !== null && <span class="rank"><span class="hidden">{t("tonight.rank")} </span>{rank}</span>}<span>{site.fields.name}</span></h3>
            {safety && <p class="warning">! {safety}</p>}
            <p class="quiet">{reasons}</p>
          </li>
        ))}
      </ul>
      {cards.length === 0 && <Empty />}
    </Screen>
  );
}

/** CL12: Safari empties a tab's storage after a week, so no pass starts there. */
function InstallFirst() {
  return (
    <section class="notice">
      <h2>{t("ios.title")}</h2>
      {status().queued > 0 && <p class="strong">{t("ios.sendFirst")}</p>}
      <p>{t("ios.why")}</p>
      <p>{t("ios.how")}</p>
    </section>
  );
}
