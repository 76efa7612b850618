/** *Ny iakttagelse*, and the same form for a line one edits or corrects. Three taps make a record (U01). */
import { useState } from "preact/hooks";
import { isLocked } from "../../domain/locked";
import type { Observation, Visit } from "../../domain/records";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { t } from "../../i18n";
import { changeObservation, correctRefused, noteObservation, removeObservation } from "../actions";
import { DRAFTS, useDraft } from "../draft";
import { ErrorSummary, type FieldError } from "../parts/Field";
import { personalNumberError } from "../parts/FreeText";
import { lazy } from "../parts/Lazy";
import { Locked } from "../parts/Locked";
import { ObservationFields } from "../parts/ObservationFields";
import { Screen } from "../parts/Screen";
import { TOPICS_IN_ORDER } from "../parts/topics";
import { Working } from "../parts/Working";
import { emptyForm, formOf, observationFields, saysSomething, visitFields } from "../read/observationForm";
import { placeName } from "../read/places";
import { withRefused } from "../read/refused";
import { changedOnly, seenOf } from "../read/seen";
import type { Row } from "../read/shifts";
import { clockTime } from "../read/time";
import { back, go, replace, route } from "../router";
import { commands, records } from "../state";

const Distribute = lazy(() => import("../parts/Distribute").then((m) => m.Distribute));

interface Props {
  visit: Row<"visits">;
  /** Missing while the observation is new. */
  observation?: Row<"observations"> | undefined;
}

export function ObservationScreen({ visit, observation }: Props) {
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [observedAt] = useState(() => observation?.fields.observed_at ?? observedTime(visit));
  const draft = useDraft(observation ? DRAFTS.observation(observation.id) : DRAFTS.newObservation(visit.id), () => {
    const form = observation ? formOf(withRefused(records(), observation), visit.fields) : emptyForm(visit.fields);
    // Kept with the draft: a form taken up again hours later says only what was changed on it.
    const seen = { observation: observation ? seenOf(observation) : null, visit: seenOf(visit) };
    return { ...form, topics: withTapped(form.topics), seen };
  });
  if (!draft.ready) return null;
  const form = draft.value;
  const home = observation ? `/app/pass/${visit.fields.shift_id}` : "/app";

  if (route.value.hash === "fordela")
    return <Distribute people={form.people} onChange={(people) => draft.set({ people })} />;

  const changed = (row: Row<"observations">, fields: Partial<Observation>, about: Partial<Visit>) => {
    const opened = form.seen.observation ?? seenOf(row);
    return changeObservation(row, visit, changedOnly(fields, opened.fields), about, opened.version, form.seen.visit.version);
  };
  const save = async () => {
    const wrong: FieldError[] = [];
    if (!saysSomething(form)) wrong.push({ id: "topics", text: t("observation.empty") });
    if (hasPersonalNumber(form.note)) wrong.push(personalNumberError("note"));
    setErrors(wrong);
    if (wrong.length > 0) return;
    const fields = { ...observationFields(form), observed_at: observedAt };
    const { seen } = form;
    const about = visitFields(form, seen.visit.fields);
    const kept = !observation
      ? await noteObservation(visit, fields, about, seen.visit.version)
      : observation.rejectionId
        ? await correctRefused(observation, fields)
        : await changed(observation, fields, about);
    if (!kept) return;
    // Not waited for: a second write to the disk would stand between the tap and the next screen (U02).
    void draft.drop();
    back(home);
  };
  const remove = async () => {
    if (observation && (await removeObservation(observation))) {
      await draft.drop();
      back(home);
    }
  };

  return (
    <Screen
      title={observation ? t("observation.edit") : t("observation.new")}
      detail={`${placeName(records(), visit.fields)}\u00a0·\u00a0${clockTime(observedAt)}`}
      backTo={home}
      action={<Working run={save}>{t("frame.save")}</Working>}
    >
      <ErrorSummary errors={errors} />
      {draft.restored && <p class="quiet" role="status">{t("draft.restored")}</p>}
      <ObservationFields form={form} visit={visit} observation={observation} errors={errors} onChange={draft.set} onDistribute={() => go(`${location.pathname}${location.search}#fordela`)} />
      {observation && !observation.rejectionId && (
        <button type="button" class="danger" onClick={() => void remove()}>{t("observation.remove")}</button>
      )}
    </Screen>
  );
}

/** A chip tapped on the card of the place arrives in the address. */
function withTapped<T extends string>(topics: T[]): T[] {
  const tapped = route.value.query.get("amne");
  const known = TOPICS_IN_ORDER.find((topic) => topic === tapped) as T | undefined;
  return known && !topics.includes(known) ? [...topics, known] : topics;
}

function observedTime({ fields }: Row<"visits">): string {
  return fields.left_at ?? (fields.entered_afterwards ? fields.arrived_at : commands().timestamp());
}

/** Finds the visit and observation of the address. */
export function ObservationRoute({ id }: { id: string }) {
  const all = records();
  const observation = id === "ny" ? undefined : all.get("observations", id);
  const visit = all.get("visits", observation?.fields.visit_id ?? route.value.query.get("besok") ?? "");
  if (!visit || (id !== "ny" && !observation)) {
    replace("/app");
    return null;
  }
  if (isLocked(all, "visits", visit.id)) return <Locked visit={visit} />;
  return <ObservationScreen key={observation?.id ?? visit.id} visit={visit} observation={observation} />;
}
