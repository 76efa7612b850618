/** The contents of the visit form: what it begins with, what it may say, and back to fields. Pure. */
import { OUTCOMES, type Outcome, type Visit } from "../../domain/records";
import { t } from "../../i18n";
import type { Projection } from "../../ports";
import { withRefused } from "./refused";
import { changedOnly, type Seen } from "./seen";
import { observationsOf, type Row } from "./shifts";
import { atClock, clockTime } from "./time";
import { inFuture } from "./typedTimes";

export interface VisitForm extends Pick<Visit, "arena" | "outcome" | "together_with" | "actions" | "audience"> {
  reason: Visit["not_visited_reason"];
  /** Clock times; `left` is empty while somebody is there. */
  arrived: string;
  left: string;
}

/** Where something was seen somebody was: with observations a visit can't become *Ej besökt* (the server's `has_observations`). */
export function outcomesOf(records: Projection, visit: Row<"visits">): readonly Outcome[] {
  const seen = visit.fields.outcome !== "not_visited" && observationsOf(records, visit.id).length > 0;
  return seen ? OUTCOMES.filter((outcome) => outcome !== "not_visited") : OUTCOMES;
}

/** Begins as the record, with a refused change on top – but for an outcome that would be refused again. */
export function formOf(records: Projection, visit: Row<"visits">): VisitForm {
  const changed = withRefused(records, visit);
  const { left_at, outcome, not_visited_reason } = outcomesOf(records, visit).includes(changed.outcome) ? changed : visit.fields;
  const { arena, together_with, actions, audience } = changed;
  return {
    arena, outcome, together_with, actions, audience, reason: not_visited_reason,
    arrived: clockTime(changed.arrived_at), left: left_at ? clockTime(left_at) : "",
  };
}

/** The form taken up again: what was typed in it, and for the rest the record as it stands, which a new place or observation has changed. */
export function stillTyped(records: Projection, visit: Row<"visits">, { form, seen }: { form: VisitForm; seen: Seen<"visits"> }): VisitForm {
  const opened = formOf(records, { ...visit, fields: seen.fields });
  return { ...formOf(records, visit), ...changedOnly<VisitForm>(form, opened) };
}

/** The fields as they should be; where nobody was, nobody left. */
export function visitFields(form: VisitForm, old: Visit): Partial<Visit> {
  const { arena, outcome, together_with, actions, audience, reason } = form;
  const missed = outcome === "not_visited";
  const arrived_at = moved(form.arrived, old.arrived_at);
  const left_at = form.left && !missed ? moved(form.left, old.left_at ?? arrived_at) : null;
  return { arrived_at, left_at, arena, outcome, together_with, actions, audience, not_visited_reason: missed ? reason : null };
}

interface Fault {
  id: "arrived" | "left" | "outcome" | "reason";
  text: string;
}

/** What has to be put right before it can be kept, by field. A reason is tapped, never assumed. */
export function visitFaults(
  { arrived_at, left_at, outcome, not_visited_reason }: Partial<Visit>, outcomes: readonly Outcome[], old: Visit, now: string,
): Fault[] {
  const faults: Fault[] = [];
  for (const [id, at, was] of [["arrived", arrived_at, old.arrived_at], ["left", left_at, old.left_at]] as const) {
    const ahead = at && inFuture(at, was, now);
    if (ahead) faults.push({ id, text: ahead });
  }
  if (left_at && arrived_at && Date.parse(left_at) < Date.parse(arrived_at)) faults.push({ id: "left", text: t("visit.leftBeforeArrived") });
  if (outcome && !outcomes.includes(outcome)) faults.push({ id: "outcome", text: t("visit.hasObservations") });
  if (outcome === "not_visited" && !not_visited_reason) faults.push({ id: "reason", text: t("notVisited.missing") });
  return faults;
}

/** The same minute keeps its seconds: opening and saving a form changes nothing. */
const moved = (hhmm: string, old: string): string => (hhmm === "" || clockTime(old) === hhmm ? old : atClock(hhmm, old));
