/** One visit: where, when, with whom, what was done, what was seen; each change is kept at once and can be undone. */
import { useState } from "preact/hooks";
import { ACTIONS, ARENAS, NOT_VISITED_REASONS, TOGETHER_WITH } from "../../domain/records";
import { coded, t } from "../../i18n";
import { changeVisit, correctRefused, removeVisit } from "../actions";
import { DRAFTS, useDraft } from "../draft";
import { Asked } from "../parts/Asked";
import { Chips } from "../parts/Chips";
import { ErrorSummary, Input, Select, type FieldError } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { placeName } from "../read/places";
import { observationsOf, type Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { formOf, outcomesOf, stillTyped, visitFaults, visitFields } from "../read/visitForm";
import { changedOnly, seenOf } from "../read/seen";
import { fieldName } from "../read/values";
import { back, go } from "../router";
import { now, records } from "../state";

const AUDIENCES = ["youth", "adults"] as const;
const PLACE = ["site_id", "school_unit_code", "place", "neighbourhood"];
const TIMES = ["arrived_at", "left_at", "time_precision"];
const OUTCOME = ["outcome", "not_visited_reason"];
/** Of a place nobody was at nothing more is asked on the form. */
const OF_THOSE_THERE = ["arena", "together_with", "actions", "audience"];

export function VisitScreen({ visit }: { visit: Row<"visits"> }) {
  const [errors, setErrors] = useState<FieldError[]>([]);
  const all = records();
  // Kept with the draft: a form taken up again hours later says only what was changed on it.
  const draft = useDraft(DRAFTS.visit(visit.id), () => ({ form: formOf(all, visit), seen: seenOf(visit) }));
  if (!draft.ready) return null;
  const { seen } = draft.value;
  const form = stillTyped(all, visit, draft.value);
  const home = `/app/pass/${visit.fields.shift_id}`;
  const observations = observationsOf(all, visit.id);
  const outcomes = outcomesOf(all, visit);
  const missed = form.outcome === "not_visited";
  const set = (change: Partial<typeof form>) => draft.set({ form: { ...draft.value.form, ...change } });

  const save = async () => {
    const fields = visitFields(form, visit.fields);
    const wrong = visitFaults(fields, outcomes, visit.fields, now());
    setErrors(wrong);
    if (wrong.length > 0) return;
    const kept = visit.rejectionId
      ? await correctRefused(visit, fields)
      : await changeVisit(visit, changedOnly(fields, seen.fields), seen.version);
    if (kept) await leave();
  };
  const remove = async () => {
    if (await removeVisit(visit)) await leave();
  };
  const leave = async () => {
    await draft.drop();
    back(home);
  };

  return (
    <Screen title={t("visit.title")} detail={placeName(all, visit.fields)} backTo={home} action={<Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      {draft.restored && <p class="quiet" role="status">{t("draft.restored")}</p>}
      <Asked of={visit} name={fieldName} except={[...PLACE, ...TIMES, ...OUTCOME, ...(missed ? [] : OF_THOSE_THERE)]} />
      <Asked of={visit} fields={PLACE} />
      <button type="button" class="secondary" onClick={() => go(`/app/plats?besok=${visit.id}`)}>{t("place.change")}</button>
      <Asked of={visit} fields={TIMES} />
      <div class="pair">
        <Input id="arrived" type="time" label={missed ? t("visit.decided") : t("visit.arrived")} value={form.arrived} onInput={(arrived) => set({ arrived })} errors={errors} />
        {!missed && <Input id="left" type="time" label={t("visit.left")} value={form.left} onInput={(left) => set({ left })} errors={errors} />}
      </div>
      <div id="outcome" tabIndex={-1}>
        <Asked of={visit} fields={OUTCOME} />
        <Chips legend={t("visit.outcome")} family="outcome" codes={outcomes} single chosen={[form.outcome]} onChange={([outcome = form.outcome]) => set({ outcome })} />
        {!outcomes.includes("not_visited") && <p class="quiet">{t("visit.hasObservations")}</p>}
      </div>
      {missed ? (
        <div id="reason" tabIndex={-1}>
          {errors.filter(({ id }) => id === "reason").map(({ text }) => <p key={text} class="error">{text}</p>)}
          <Chips legend={t("notVisited.why")} family="notVisited" codes={NOT_VISITED_REASONS} single
            chosen={form.reason ? [form.reason] : []} onChange={([reason = null]) => set({ reason })} />
        </div>
      ) : (
        <>
          <Asked of={visit} fields={["arena"]} />
          <Select id="arena" label={t("visit.arena")} value={form.arena} options={ARENAS.map((arena) => ({ value: arena, label: coded("arena", arena) }))}
            onChange={(arena) => set({ arena: ARENAS.find((one) => one === arena) ?? form.arena })} />
          <Asked of={visit} fields={["together_with"]} />
          <Chips legend={t("observation.together")} family="together" codes={TOGETHER_WITH}
            chosen={form.together_with as (typeof TOGETHER_WITH)[number][]} onChange={(together_with) => set({ together_with })} />
          <Asked of={visit} fields={["actions"]} />
          <Chips legend={t("observation.actions")} family="actionDone" codes={ACTIONS} first={6}
            chosen={form.actions as (typeof ACTIONS)[number][]} onChange={(actions) => set({ actions })} />
          <Asked of={visit} fields={["audience"]} />
          <Chips legend={t("observation.audience")} family="audience" codes={AUDIENCES} chosen={form.audience} onChange={(audience) => set({ audience })} />
          <h2>{t("observation.many")}</h2>
          <ul class="rows">
            {observations.map((observation) => (
              <li key={observation.id}>
                <button type="button" class="row" onClick={() => go(`/app/iakttagelse/${observation.id}`)}>
                  <span class="strong">{clockTime(observation.fields.observed_at)}</span> {observation.fields.topics.map((topic) => coded("topic", topic)).join(", ")}
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="secondary" onClick={() => go(`/app/iakttagelse/ny?besok=${visit.id}`)}>{t("observation.new")}</button>
        </>
      )}
      {!visit.rejectionId && <button type="button" class="danger" onClick={() => void remove()}>{t("visit.remove")}</button>}
    </Screen>
  );
}
