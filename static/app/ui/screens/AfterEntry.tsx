/** *Skriv in i efterhand*: the same facts as a pass, later and on any screen. Visits are added on its timeline. */
import { useState } from "preact/hooks";
import { ASSIGNMENTS, KINDS } from "../../domain/records";
import { t } from "../../i18n";
import { startShift } from "../actions";
import { useDraft } from "../draft";
import { Chips } from "../parts/Chips";
import { ErrorSummary, Input, Select, type FieldError } from "../parts/Field";
import { People } from "../parts/Participants";
import { RequestedBy } from "../parts/RequestedBy";
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { Working } from "../parts/Working";
import { districtOptions, lateShift, peopleFaults, purposeFaults, type ShiftStart } from "../read/start";
import { endFault, otherDay } from "../read/shiftEnd";
import { atDayClock, dayOf, firstAfter } from "../read/time";
import { replace } from "../router";
import { now, records, session } from "../state";

export function AfterEntry() {
  const proposal = session() && lateShift(records(), session()!, now());
  if (!proposal)
    return <Screen title={t("more.afterwards")} backTo="/app/mer"><p>{t("tonight.noTeam")}</p></Screen>;
  return <Form proposal={proposal} />;
}

/** While a year is typed a date field holds dates of the first centuries. */
const A_DAY = /^20\d\d-\d\d-\d\d$/;

function Form({ proposal }: { proposal: ShiftStart }) {
  const [errors, setErrors] = useState<FieldError[]>([]);
  const draft = useDraft(`after:${proposal.team_id}`, () => ({ start: proposal, day: dayOf(now()), started: "", ended: "" }));
  if (!draft.ready) return null;
  const { start: form, day, started, ended } = draft.value;
  const set = (change: Partial<ShiftStart>) => draft.set({ start: { ...form, ...change } });

  const hasDay = A_DAY.test(day);
  const started_at = hasDay && started ? atDayClock(day, started) : "";
  const ended_at = started_at && ended ? firstAfter(ended, started_at) : "";
  const endDay = ended_at && otherDay(started_at, ended_at);

  const save = async () => {
    const fault = ended_at && endFault(ended_at, { startedAt: started_at, lastLine: null }, now());
    const wrong: FieldError[] = [];
    if (!hasDay) wrong.push({ id: "day", text: t("after.dayMissing") });
    if (!started) wrong.push({ id: "started", text: t("after.startMissing") });
    if (!ended) wrong.push({ id: "ended", text: t("after.endMissing") });
    if (fault) wrong.push({ id: "ended", text: fault });
    if (!form.district) wrong.push({ id: "district", text: t("start.districtMissing") });
    wrong.push(...peopleFaults(form.participant_ids), ...purposeFaults(form));
    setErrors(wrong);
    if (wrong.length > 0) return;
    const id = await startShift({ ...form, requested_by: form.assignment === "core" ? null : (form.requested_by ?? null), started_at, ended_at });
    if (!id) return;
    await draft.drop();
    replace(`/app/pass/${id}`);
  };

  return (
    <Screen title={t("more.afterwards")} backTo="/app/mer" action={<Working run={save}>{t("after.continue")}</Working>}>
      <p>{t("after.intro")}</p>
      <ErrorSummary errors={errors} />
      {draft.restored && <p class="quiet" role="status">{t("draft.restored")}</p>}
      <Input id="day" type="date" label={t("after.day")} value={day} max={dayOf(now())} onInput={(day) => draft.set({ day })} errors={errors} />
      <div class="pair">
        <Input id="started" type="time" label={t("shift.startedAt")} value={started} onInput={(started) => draft.set({ started })} errors={errors} />
        <Input id="ended" type="time" label={t("shift.endedAt")} value={ended} onInput={(ended) => draft.set({ ended })} errors={errors}
          hint={endDay ? t("shift.endedOn", { day: endDay }) : undefined} />
      </div>
      {!proposal.district && (
        <Select id="district" label={t("shift.district")} value={form.district} onChange={(district) => set({ district })} errors={errors}
          options={[{ value: "", label: t("start.chooseDistrict") }, ...districtOptions(records())]} />
      )}
      <Chips legend={t("shift.kind")} family="shift" codes={KINDS} single chosen={[form.kind]} onChange={([kind = form.kind]) => set({ kind })} />
      <Chips legend={t("shift.assignment")} family="assignment" codes={ASSIGNMENTS} single chosen={[form.assignment]} onChange={([assignment = form.assignment]) => set({ assignment })} />
      <RequestedBy assignment={form.assignment} value={form.requested_by} onChange={(requested_by) => set({ requested_by })} errors={errors} />
      <People teamId={form.team_id} chosen={form.participant_ids} onChange={(participant_ids) => set({ participant_ids })} errors={errors} />
      <Stepper label={t("shift.otherParticipants")} value={form.other_participants} max={50} onChange={(other_participants) => set({ other_participants })} />
    </Screen>
  );
}
