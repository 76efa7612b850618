/** One visit: where, when, with whom, what was done, what was seen; each change is kept at once and can be undone. */
import { useState } from "preact/hooks";
import { ACTIONS, ARENAS, NOT_VISITED_REASONS, OUTCOMES, TOGETHER_WITH, type Visit } from "../../domain/records";
import { coded, t } from "../../i18n";
import { changeVisit, correctRefused, removeVisit } from "../actions";
import { Chips } from "../parts/Chips";
import { ErrorSummary, Input, Select, type FieldError } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { placeName } from "../read/places";
import { withRefused } from "../read/refused";
import { observationsOf, type Row } from "../read/shifts";
import { atClock, clockTime } from "../read/time";
import { back, go } from "../router";
import { records } from "../state";

const AUDIENCES = ["youth", "adults"] as const;

export function VisitScreen({ visit }: { visit: Row<"visits"> }) {
  const [form, setForm] = useState(() => formOf(withRefused(records(), visit)));
  const [errors, setErrors] = useState<FieldError[]>([]);
  const all = records();
  const home = `/app/pass/${visit.fields.shift_id}`;
  const missed = form.outcome === "not_visited";
  const set = (change: Partial<typeof form>) => setForm((old) => ({ ...old, ...change }));

  const save = async () => {
    const arrived_at = moved(form.arrived, visit.fields.arrived_at);
    const left_at = form.left && !missed ? moved(form.left, visit.fields.left_at ?? arrived_at) : null;
    if (left_at && Date.parse(left_at) < Date.parse(arrived_at)) return setErrors([{ id: "left", text: t("visit.leftBeforeArrived") }]);
    const fields: Partial<Visit> = {
      arrived_at, left_at, arena: form.arena, outcome: form.outcome, together_with: form.together_with,
      actions: form.actions, audience: form.audience, not_visited_reason: missed ? (form.reason ?? "other") : null,
    };
    const kept = visit.rejectionId
      ? await correctRefused(visit, fields)
      : await changeVisit(visit, changedOnly(fields, visit.fields));
    if (kept) back(home);
  };

  return (
    <Screen title={t("visit.title")} detail={placeName(all, visit.fields)} backTo={home} action={<Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      <button type="button" class="secondary" onClick={() => go(`/app/plats?besok=${visit.id}`)}>{t("place.change")}</button>
      <div class="pair">
        <Input id="arrived" type="time" label={missed ? t("visit.decided") : t("visit.arrived")} value={form.arrived} onInput={(arrived) => set({ arrived })} />
        {!missed && <Input id="left" type="time" label={t("visit.left")} value={form.left} onInput={(left) => set({ left })} errors={errors} />}
      </div>
      <Chips legend={t("visit.outcome")} family="outcome" codes={OUTCOMES} single chosen={[form.outcome]} onChange={([outcome = form.outcome]) => set({ outcome })} />
      {missed ? (
        <Chips legend={t("notVisited.why")} family="notVisited" codes={NOT_VISITED_REASONS} single
          chosen={form.reason ? [form.reason] : []} onChange={([reason = null]) => set({ reason })} />
      ) : (
        <>
          <Select id="arena" label={t("visit.arena")} value={form.arena} options={ARENAS.map((arena) => ({ value: arena, label: coded("arena", arena) }))}
            onChange={(arena) => set({ arena: ARENAS.find((one) => one === arena) ?? form.arena })} />
          <Chips legend={t("observation.together")} family="together" codes={TOGETHER_WITH}
            chosen={form.together_with as (typeof TOGETHER_WITH)[number][]} onChange={(together_with) => set({ together_with })} />
          <Chips legend={t("observation.actions")} family="actionDone" codes={ACTIONS} first={6}
            chosen={form.actions as (typeof ACTIONS)[number][]} onChange={(actions) => set({ actions })} />
          <Chips legend={t("observation.audience")} family="audience" codes={AUDIENCES} chosen={form.audience} onChange={(audience) => set({ audience })} />
          <h2>{t("observation.many")}</h2>
          <ul class="rows">
            {observationsOf(all, visit.id).map((observation) => (
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
      {!visit.rejectionId && <button type="button" class="danger" onClick={() => void removeVisit(visit).then((done) => done && back(home))}>{t("visit.remove")}</button>}
    </Screen>
  );
}

function formOf(fields: Visit) {
  const { arena, outcome, together_with, actions, audience, not_visited_reason: reason } = fields;
  return { arena, outcome, together_with, actions, audience, reason, arrived: clockTime(fields.arrived_at), left: fields.left_at ? clockTime(fields.left_at) : "" };
}

/** The same minute keeps its seconds: opening and saving a form changes nothing. */
const moved = (hhmm: string, old: string): string => (hhmm === "" || clockTime(old) === hhmm ? old : atClock(hhmm, old));

function changedOnly(fields: Partial<Visit>, old: Visit): Partial<Visit> {
  const entries = Object.entries(fields).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(old[key as keyof Visit]));
  return Object.fromEntries(entries) as Partial<Visit>;
}
