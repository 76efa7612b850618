/**
 * *Kontrollera och skicka in*: every fact of the pass on one page, each with *Ändra*, and the few
 * questions that are open. What is written here is a draft until *Skicka in*.
 */
import { useState } from "preact/hooks";
import { exceedsLength, proposedArenaMinutes, totalMinutes } from "../../domain/arenaMinutes";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { t } from "../../i18n";
import { submitShift, type Submission } from "../submit";
import { DRAFTS, useDraft } from "../draft";
import { Asked, AskedOfAll } from "../parts/Asked";
import { ArenaFacts } from "../parts/ArenaFacts";
import { Fact } from "../parts/Fact";
import { ErrorSummary, Input, type FieldError } from "../parts/Field";
import { FreeText, personalNumberError } from "../parts/FreeText";
import { IncidentFacts } from "../parts/IncidentFacts";
import { OpenItems } from "../parts/OpenItems";
import { OpenQuestions } from "../parts/OpenQuestions";
import { Restored } from "../parts/Restored";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { fieldTeams, purposeInWords } from "../read/start";
import { endFault, endInWords, lastLineOf, otherDay, proposedEnd, typedEnd } from "../read/shiftEnd";
import { seenOf } from "../read/seen";
import { visitsOf, type Row } from "../read/shifts";
import { clockTime, duration, minutesBetween } from "../read/time";
import { fieldName } from "../read/values";
import { replace } from "../router";
import { now, records, session } from "../state";

/** What is asked for stands at these; the rest is said on top. */
const ASKED_HERE = [
  "started_at", "ended_at", "participant_ids", "other_participants", "kind", "assignment", "requested_by", "arena_minutes", "incidents", "mumin", "handover_note", "open_items",
];

export function CheckShift({ shift }: { shift: Row<"shifts"> }) {
  const [errors, setErrors] = useState<FieldError[]>([]);
  const all = records();
  const { fields } = shift;
  const draft = useDraft<Submission>(DRAFTS.check(shift.id), () => ({
    ended_at: null, arena_minutes: null, handover_note: fields.handover_note, incidents: fields.incidents, mumin: fields.mumin, seen: seenOf(shift),
  }));
  if (!draft.ready) return null;
  const form = draft.value;
  const visits = visitsOf(all, shift.id);
  const until = { startedAt: fields.started_at, lastLine: lastLineOf(visits) };
  const ended_at = form.ended_at ?? proposedEnd(fields.ended_at, until, now());
  const endDay = otherDay(fields.started_at, ended_at);
  const proposed = proposedArenaMinutes(visits.map((visit) => visit.fields), fields.started_at, ended_at);
  // What was sent in once stays as it was said: the visits only propose.
  const minutes = form.arena_minutes ?? (totalMinutes(fields.arena_minutes) > 0 ? fields.arena_minutes : proposed);
  const length = minutesBetween(fields.started_at, ended_at);
  const central = fieldTeams(all, session()!).find(({ teamId }) => teamId === fields.team_id)?.district === null;
  const self = session()?.user;
  const names = fields.participant_ids.map((id) => (id === self?.id ? self.name : all.get("people", id)?.fields.name));
  const people = [...names.filter((name) => name !== undefined), ...(fields.other_participants ? [`+ ${fields.other_participants}`] : [])].join(", ");
  const visited = visits.filter((visit) => visit.fields.outcome !== "not_visited").length;

  const send = async () => {
    const wrong: FieldError[] = [];
    const fault = endFault(ended_at, until, now());
    if (fault) wrong.push({ id: "ended", text: fault });
    if (exceedsLength(minutes, fields.started_at, ended_at)) wrong.push({ id: "minutes", text: t("check.tooManyMinutes", { length: duration(length) }) });
    if (hasPersonalNumber(form.handover_note)) wrong.push(personalNumberError("handover"));
    setErrors(wrong);
    if (wrong.length > 0 || !(await submitShift(shift, { ...form, ended_at, arena_minutes: minutes }))) return;
    await draft.drop();
    replace(`/app/pass/${shift.id}/klart`);
  };

  return (
    <Screen title={t("check.title")} backTo={`/app/pass/${shift.id}`} action={<Working run={send}>{t("check.submit")}</Working>}>
      <ErrorSummary errors={errors} />
      <Restored draft={draft} home={`/app/pass/${shift.id}`} />
      <AskedOfAll shift={shift} />
      <Asked of={shift} name={fieldName} except={ASKED_HERE} />
      <OpenQuestions shift={shift} endedAt={ended_at} />
      <dl class="facts">
        <Fact label={t("check.time")} value={`${clockTime(fields.started_at)}–${endInWords(fields.started_at, ended_at)} · ${duration(length)}`}
          open={errors.some(({ id }) => id === "ended")} asked={<Asked of={shift} fields={["started_at", "ended_at"]} />}>
          <Input id="ended" type="time" label={t("shift.endedAt")} value={clockTime(ended_at)} errors={errors}
            hint={endDay ? t("shift.endedOn", { day: endDay }) : undefined}
            onInput={(hhmm) => hhmm && draft.set({ ended_at: typedEnd(hhmm, until, fields.ended_at) })} />
        </Fact>
        <Fact label={t("check.people")} value={people} to={`/app/pass/${shift.id}/uppgifter`}
          asked={<Asked of={shift} fields={["participant_ids", "other_participants"]} />} />
        <Fact label={t("check.assignment")} value={`${t(`shift.${fields.kind}`)} · ${purposeInWords(all, fields)}`} to={`/app/pass/${shift.id}/uppgifter`}
          asked={<Asked of={shift} fields={["kind", "assignment", "requested_by"]} />} />
        <Fact label={t("check.visits")} value={t("check.visitCount", { visited, missed: visits.length - visited })} to={`/app/pass/${shift.id}`} />
        <ArenaFacts minutes={minutes} proposed={proposed} length={length} errors={errors} onChange={(arena_minutes) => draft.set({ arena_minutes })}
          asked={<Asked of={shift} fields={["arena_minutes"]} />} />
        <IncidentFacts form={form} central={central} onChange={draft.set} asked={(field) => <Asked of={shift} fields={[field]} />} />
      </dl>
      <Asked of={shift} fields={["handover_note"]} />
      <FreeText id="handover" long label={t("check.handover")} hint={t("guard.hint")} value={form.handover_note} onInput={(handover_note) => draft.set({ handover_note })} errors={errors} />
      <Asked of={shift} fields={["open_items"]} />
      <OpenItems shift={shift} adds />
    </Screen>
  );
}

/** After *Skicka in*: what happens now, and that nothing more is needed even without coverage. */
export function ShiftSent({ shift }: { shift: Row<"shifts"> }) {
  const received = shift.tick === "received";
  return (
    <Screen title={t("sent.title")} backTo="/app" reading action={<button type="button" class="primary" onClick={() => replace("/app")}>{t("sent.done")}</button>}>
      <p class="strong" role="status">{received ? `● ${t("sent.received")}` : `○ ${t("sent.saved")}`}</p>
      <p>{t("sent.next")}</p>
    </Screen>
  );
}
