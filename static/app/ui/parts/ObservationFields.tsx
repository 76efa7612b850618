/** The questions of an observation, in the order one meets them; the seldom ones folded at the end. */
import { useState } from "preact/hooks";
import { ACTIONS, CONDITIONS, REFERRALS, SITUATIONS, TOGETHER_WITH, VOICES } from "../../domain/records";
import { coded, count, t } from "../../i18n";
import type { ObservationForm } from "../read/observationForm";
import { contacts, state, total, MAX_PEOPLE } from "../read/people";
import type { Row } from "../read/shifts";
import { Asked, isAsked } from "./Asked";
import { Chips } from "./Chips";
import type { FieldError } from "./Field";
import { FreeText } from "./FreeText";
import { MovedFrom } from "./MovedFrom";
import { Stepper } from "./Stepper";
import { FIRST_TOPICS, TOPICS_IN_ORDER } from "./topics";

interface Props {
  form: ObservationForm;
  visit: Row<"visits">;
  /** Missing while it is new: nobody has asked for anything of it. */
  observation?: Row<"observations"> | undefined;
  errors: readonly FieldError[];
  onChange: (change: Partial<ObservationForm>) => void;
  onDistribute: () => void;
}

const AUDIENCES = ["youth", "adults"] as const;
const REFERRED_MAX = 100;

const OF_OBSERVATION = ["topics", "counts", "people_basis", "situation", "conditions", "voices", "moved_from", "moved_to", "referrals", "note"];

export function ObservationFields({ form, visit, observation, errors, onChange, onDistribute }: Props) {
  const referred = Object.values(form.referrals).reduce((sum, n) => sum + n, 0);
  // Decided once: a fold that moves on its own would slip away under the thumb.
  const [unfolded] = useState(referred > 0 || (observation !== undefined && isAsked(observation, ["referrals"])));
  const asked = (...fields: string[]) => observation && <Asked of={observation} fields={fields} />;
  const askedOfVisit = (...fields: string[]) => <Asked of={visit} fields={fields} />;
  return (
    <>
      {observation && <Asked of={observation} except={OF_OBSERVATION} />}
      <div id="topics" tabIndex={-1}>
        {asked("topics")}
        <Chips legend={t("observation.topics")} family="topic" codes={TOPICS_IN_ORDER} first={FIRST_TOPICS.length}
          chosen={form.topics} onChange={(topics) => onChange({ topics })} />
      </div>
      {asked("counts", "people_basis")}
      <div class="people">
        <Stepper label={t("people.roughly")} value={total(form.people)} max={MAX_PEOPLE}
          onChange={(n) => onChange({ people: state(form.people, n) })} />
        <button type="button" class="secondary" onClick={onDistribute}>{t("people.distribute")}</button>
      </div>
      {contacts(form.people) > 0 && <p class="quiet">{count("people.contacts", contacts(form.people))}</p>}
      {asked("situation")}
      <Chips legend={t("observation.situation")} family="situation" codes={SITUATIONS} single
        chosen={form.situation ? [form.situation] : []} onChange={([situation = null]) => onChange({ situation })} />
      {asked("conditions")}
      <Chips legend={t("observation.conditions")} family="condition" codes={CONDITIONS} first={4}
        chosen={form.conditions as (typeof CONDITIONS)[number][]} onChange={(chosen) => onChange({ conditions: exclusiveNone(form.conditions, chosen) })} />
      {askedOfVisit("actions")}
      <Chips legend={t("observation.actions")} family="actionDone" codes={ACTIONS} first={4}
        chosen={form.actions as (typeof ACTIONS)[number][]} onChange={(actions) => onChange({ actions })} />
      {askedOfVisit("together_with")}
      <Chips legend={t("observation.together")} family="together" codes={TOGETHER_WITH} first={4}
        chosen={form.together_with as (typeof TOGETHER_WITH)[number][]} onChange={(together_with) => onChange({ together_with })} />
      {askedOfVisit("audience")}
      <Chips legend={t("observation.audience")} family="audience" codes={AUDIENCES}
        chosen={form.audience} onChange={(audience) => onChange({ audience })} />
      {asked("voices")}
      <Chips legend={t("observation.voices")} family="voice" codes={VOICES}
        chosen={form.voices as (typeof VOICES)[number][]} onChange={(voices) => onChange({ voices })} />
      {asked("moved_from", "moved_to")}
      <MovedFrom visit={visit} value={form.moved_from} onChange={(moved_from) => onChange({ moved_from })} />
      {asked("referrals")}
      <details open={unfolded}>
        <summary>{referred > 0 ? count("observation.referred", referred) : t("observation.referrals")}</summary>
        {REFERRALS.map((to) => (
          <Stepper key={to} label={coded("referral", to)} value={form.referrals[to] ?? null} max={REFERRED_MAX}
            onChange={(n) => onChange({ referrals: { ...form.referrals, [to]: n } })} />
        ))}
      </details>
      {asked("note")}
      <FreeText id="note" long label={t("observation.note")} hint={t("guard.hint")} value={form.note} onInput={(note) => onChange({ note })} errors={errors} />
    </>
  );
}

/** "Inget av detta" and the rest rule each other out; the newest tap holds. */
function exclusiveNone(old: string[], chosen: string[]): string[] {
  if (!chosen.includes("none")) return chosen;
  return old.includes("none") ? chosen.filter((code) => code !== "none") : ["none"];
}
