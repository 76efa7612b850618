/** Who, what kind and for whom: the facts of a pass that were filled in from last time. */
import { useState } from "preact/hooks";
import { inThrees, joinCode } from "../../domain/joinCode";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { ASSIGNMENTS, EVENTS, KINDS, type Shift } from "../../domain/records";
import { t } from "../../i18n";
import { changeShift, correctRefused } from "../actions";
import { DRAFTS, useDraft } from "../draft";
import { Asked, isAsked } from "../parts/Asked";
import { Chips } from "../parts/Chips";
import { ErrorSummary, Input, type FieldError } from "../parts/Field";
import { FreeText, personalNumberError } from "../parts/FreeText";
import { People } from "../parts/Participants";
import { RequestedBy } from "../parts/RequestedBy";
import { Restored } from "../parts/Restored";
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { Working } from "../parts/Working";
import { peopleFaults, purposeFaults } from "../read/start";
import { withRefused } from "../read/refused";
import { changedOnly, seenOf } from "../read/seen";
import { endFault, lastLineOf, otherDay, typedEnd } from "../read/shiftEnd";
import { isUnderWay, visitsOf, type Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { typedStart } from "../read/typedTimes";
import { back, follow } from "../router";
import { now, records } from "../state";

export function ShiftFacts({ shift }: { shift: Row<"shifts"> }) {
  const all = records();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const draft = useDraft(DRAFTS.facts(shift.id), () => {
    const { participant_ids, other_participants, kind, assignment, requested_by, event, reason, started_at } = withRefused(all, shift);
    // What it was opened on is kept with the draft: a form taken up again hours later says only what was changed on it.
    return { participant_ids, other_participants, kind, assignment, requested_by, event, reason, started: clockTime(started_at), ended: null as string | null, seen: seenOf(shift) };
  });
  if (!draft.ready) return null;
  const { set, value: form } = draft;
  const { started, ended, seen, ...rest } = form;
  // With no refused change on it the form goes on from what it was opened on.
  const fields = shift.rejectionId ? withRefused(all, shift) : seen.fields;
  const home = `/app/pass/${shift.id}`;

  const started_at = started ? typedStart(started, fields.started_at, fields.ended_at ?? now()) : fields.started_at;
  const until = { startedAt: started_at, lastLine: lastLineOf(visitsOf(all, shift.id)) };
  const oldEnd = fields.ended_at ? clockTime(fields.ended_at) : "";
  // What nobody touched stays, also where it is wrong: then it is said, not moved.
  const endClock = ended || (started_at === fields.started_at ? "" : oldEnd);
  const ended_at = endClock ? typedEnd(endClock, until, fields.ended_at) : fields.ended_at;
  const endDay = ended_at && otherDay(started_at, ended_at);

  const save = async () => {
    const fault = ended_at && endFault(ended_at, until, now());
    const wrong: FieldError[] = [...peopleFaults(form.participant_ids), ...purposeFaults(form), ...(fault ? [{ id: "ended", text: fault }] : [])];
    if (hasPersonalNumber(form.reason)) wrong.push(personalNumberError("reason"));
    setErrors(wrong);
    if (wrong.length > 0) return;
    const facts = { ...rest, reason: form.reason.trim(), started_at, ended_at, requested_by: form.assignment === "core" ? null : form.requested_by };
    const changed = changedOnly<Shift>(facts, seen.fields);
    const kept = shift.rejectionId
      ? await correctRefused(shift, facts)
      : Object.keys(changed).length === 0 || (await changeShift(shift, changed, seen.version));
    if (!kept) return;
    await draft.drop();
    back(home);
  };

  return (
    <Screen title={t("shift.facts")} backTo={home} action={<Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      <Restored draft={draft} home={home} />
      {isUnderWay(shift, now()) && (
        <>
          <p>{t("code.forColleagues")} <strong>{inThrees(joinCode(shift.id))}</strong></p>
          <p><a class="change" href="/app/kod" onClick={follow}>{t("code.join")}</a></p>
        </>
      )}
      <Asked of={shift} fields={["participant_ids"]} />
      <People teamId={fields.team_id} chosen={form.participant_ids} onChange={(participant_ids) => set({ participant_ids })} errors={errors} />
      <Asked of={shift} fields={["other_participants"]} />
      <Stepper label={t("shift.otherParticipants")} value={form.other_participants} max={50} onChange={(other_participants) => set({ other_participants })} />
      <Asked of={shift} fields={["kind"]} />
      <Chips legend={t("shift.kind")} family="shift" codes={KINDS} single chosen={[form.kind]} onChange={([kind = form.kind]) => set({ kind })} />
      <Asked of={shift} fields={["assignment", "requested_by"]} />
      <Chips legend={t("shift.assignment")} family="assignment" codes={ASSIGNMENTS} single chosen={[form.assignment]} onChange={([assignment = form.assignment]) => set({ assignment })} />
      <RequestedBy assignment={form.assignment} value={form.requested_by} onChange={(requested_by) => set({ requested_by })} errors={errors} />
      {(form.assignment === "reinforcement" || form.kind === "event" || form.event || form.reason || isAsked(shift, ["event", "reason"])) && (
        <>
          <Asked of={shift} fields={["event"]} />
          <Chips legend={t("field.event")} family="event" codes={EVENTS} single chosen={EVENTS.filter((event) => event === form.event)} onChange={([event = null]) => set({ event })} />
          <Asked of={shift} fields={["reason"]} />
          <FreeText id="reason" label={t("field.reason")} hint={t("guard.hint")} value={form.reason} onInput={(reason) => set({ reason })} errors={errors} />
        </>
      )}
      <Asked of={shift} fields={["started_at", "ended_at"]} />
      <div class="pair">
        <Input id="started" type="time" label={t("shift.startedAt")} value={form.started} onInput={(started) => set({ started })} />
        {fields.ended_at && <Input id="ended" type="time" label={t("shift.endedAt")} value={ended ?? oldEnd} onInput={(ended) => set({ ended })} errors={errors}
          hint={endDay ? t("shift.endedOn", { day: endDay }) : undefined} />}
      </div>
    </Screen>
  );
}
