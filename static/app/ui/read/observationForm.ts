/** The contents of the observation form: from a record or from nothing, and back to fields. Pure. */
import type { Observation, Visit } from "../../domain/records";
import { fromFields, NOBODY_COUNTED, toFields, total, type People } from "./people";

export interface ObservationForm
  extends Pick<Observation, "situation" | "topics" | "conditions" | "voices" | "moved_from" | "note">,
    Pick<Visit, "actions" | "together_with" | "audience"> {
  people: People;
  referrals: Record<string, number>;
}

type OfVisit = Pick<Visit, "actions" | "together_with" | "audience">;

/** Nothing is claimed that was not tapped: an empty form is empty all through. */
export function emptyForm({ actions, together_with, audience }: OfVisit): ObservationForm {
  return {
    situation: null, topics: [], conditions: [], voices: [], moved_from: null, note: "",
    people: NOBODY_COUNTED, referrals: {}, actions, together_with, audience,
  };
}

export function formOf(observation: Observation, visit: OfVisit): ObservationForm {
  const { situation, topics, conditions, voices, moved_from, note, referrals } = observation;
  return {
    ...emptyForm(visit), situation, topics, conditions, voices, moved_from, note,
    people: fromFields(observation),
    referrals: Object.fromEntries(referrals.map(({ to, count }) => [to, count])),
  };
}

export function observationFields(form: ObservationForm): Omit<Observation, "visit_id" | "observed_at" | "moved_to"> {
  const { situation, topics, conditions, voices, moved_from, note } = form;
  const referrals = Object.entries(form.referrals).filter(([, n]) => n > 0).map(([to, count]) => ({ to, count }));
  return { situation, topics, conditions, voices, moved_from, note: note.trim(), referrals, ...toFields(form.people) };
}

/** Only what differs from the visit as it was. */
export function visitFields(form: ObservationForm, visit: OfVisit): Partial<OfVisit> {
  const changed: Partial<OfVisit> = {};
  if (form.actions.join() !== visit.actions.join()) changed.actions = form.actions;
  if (form.together_with.join() !== visit.together_with.join()) changed.together_with = form.together_with;
  if (form.audience.join() !== visit.audience.join()) changed.audience = form.audience;
  return changed;
}

/** An observation says at least one thing. */
export function saysSomething(form: ObservationForm): boolean {
  return form.topics.length + form.conditions.length + form.voices.length > 0
    || form.situation !== null || form.moved_from !== null || form.note.trim() !== ""
    || total(form.people) !== null || Object.values(form.referrals).some((n) => n > 0);
}
