/** An utsättning, new, begun from the last, or one to change during the evening: who met, which places are tonight's priorities and why, valid until 03:00. No police intelligence, no persons. */
import { useState } from "preact/hooks";
import { ACTORS, type Briefing } from "../../domain/records";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { coded, t } from "../../i18n";
import { announceSaved, attempt } from "../announce";
import { useDraft } from "../draft";
import { Chips } from "../parts/Chips";
import { ErrorSummary, Input, Select, Toggle, type FieldError } from "../parts/Field";
import { FreeText, personalNumberError } from "../parts/FreeText";
import { Priorities } from "../parts/Priorities";
import { Refusal } from "../parts/Refusal";
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { Working } from "../parts/Working";
import { districtOptions, fieldTeams } from "../read/start";
import { correction, withRefused } from "../read/refused";
import { changedOnly, seenOf, type Seen } from "../read/seen";
import type { Row } from "../read/shifts";
import { atClock, clockTime, shortDay } from "../read/time";
import { lastBriefing, stillAgreed } from "../read/tonight";
import { replace } from "../router";
import { commands, records, session } from "../state";
import { remember } from "../undo";

const UNTIL = "03:00";
const MOST_PEOPLE = 200;

interface Form extends Pick<Briefing, "joint" | "police_area" | "actors" | "priorities" | "note"> {
  district: string;
  held: string;
  until: string;
  /** What was opened to change, kept with the draft; null while the briefing is new. */
  seen: Seen<"briefings"> | null;
}

export function BriefingMaker({ briefing }: { briefing?: Row<"briefings"> }) {
  const all = records();
  const own = session() ? fieldTeams(all, session()!)[0]?.district : null;
  const [errors, setErrors] = useState<FieldError[]>([]);
  const draft = useDraft<Form>(`briefing:${briefing?.id ?? "new"}`, () => (briefing ? formOf(withRefused(all, briefing), seenOf(briefing)) : {
    district: own ?? "", joint: true, police_area: null, actors: [], priorities: [], note: "", held: clockTime(commands().timestamp()), until: UNTIL, seen: null,
  }));
  if (!draft.ready) return null;
  const form = draft.value;
  const district = all.all("districts").find(({ fields }) => fields.code === form.district)?.fields;
  const last = !briefing && form.district ? lastBriefing(all, form.district) : undefined;
  // Until the server has taken it, an utsättning may be another district's.
  const isNew = !briefing || briefing.version === 0;
  const present = form.actors.map(({ actor }) => actor);

  const setActors = (codes: string[]) =>
    draft.set({ actors: codes.map((actor) => form.actors.find((one) => one.actor === actor) ?? { actor, people: 0 }) });

  const save = async () => {
    const wrong: FieldError[] = [];
    if (!form.district) wrong.push({ id: "district", text: t("start.districtMissing") });
    if (form.priorities.length === 0) wrong.push({ id: "priorities", text: t("briefing.noPriorities") });
    if (hasPersonalNumber(form.note)) wrong.push(personalNumberError("note"));
    setErrors(wrong);
    if (wrong.length > 0) return;
    const { held, until } = form;
    const agreed = { ...agreedOn(form), note: form.note.trim() };
    const kept = await attempt(async () => {
      if (briefing?.rejectionId) {
        const fields = { ...agreed, districts: districtsOf(form, briefing.fields), ...timesOf(held, until, withRefused(all, briefing)) };
        await commands().correct(briefing.rejectionId, correction(all, briefing, fields));
      } else if (briefing) {
        const { version, fields } = form.seen ?? seenOf(briefing);
        await commands().update("briefings", briefing.id, changedOnly<Briefing>({ ...agreed, ...timesOf(held, until, fields) }, fields), version);
      } else {
        const held_at = atClock(held, commands().timestamp());
        const times = { held_at, valid_from: held_at, valid_until: nextClock(until, held_at) };
        const id = await commands().create("briefings", { ...agreed, ...times, districts: [form.district] });
        remember("action.briefingSaved", [{ do: "remove", collection: "briefings", id }]);
      }
      announceSaved("action.briefingSaved");
    });
    if (!kept) return;
    await draft.drop();
    replace("/app/mer/utsattning");
  };

  return (
    <Screen title={briefing ? t("briefing.change") : t("briefing.new")} backTo="/app/mer/utsattning" action={<Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      {draft.restored && <p class="quiet" role="status">{t("draft.restored")}</p>}
      {briefing?.rejectionId && <Refusal id={briefing.rejectionId} correctAt={null} />}
      {last && form.priorities.length === 0 && (
        <button type="button" class="secondary" onClick={() => draft.set({ ...agreedOn(last.fields), priorities: stillAgreed(all, last.fields.priorities) })}>{t("briefing.fromLast", { day: shortDay(last.fields.held_at) })}</button>
      )}
      <Toggle label={t("briefing.isJoint")} checked={form.joint} onChange={(joint) => draft.set({ joint })} />
      <div class="pair">
        <Input id="held" type="time" label={t("briefing.heldAt")} value={form.held} onInput={(held) => draft.set({ held })} />
        <Input id="until" type="time" label={t("briefing.until")} value={form.until} onInput={(until) => draft.set({ until })} />
      </div>
      {!own && isNew && (
        <Select id="district" label={t("shift.district")} value={form.district} onChange={(code) => draft.set({ district: code, police_area: null })} errors={errors}
          options={[{ value: "", label: t("start.chooseDistrict") }, ...districtOptions(all)]} />
      )}
      {district && district.police_areas.length > 0 && (
        <Select id="police" label={t("briefing.policeArea")} value={form.police_area ?? ""} onChange={(area) => draft.set({ police_area: area || null })}
          options={[{ value: "", label: t("briefing.noPoliceArea") }, ...district.police_areas.map((area) => ({ value: area, label: area }))]} />
      )}
      <Chips legend={t("briefing.actors")} family="actor" codes={ACTORS} chosen={present as (typeof ACTORS)[number][]} onChange={setActors} />
      {form.actors.map(({ actor, people }) => (
        <Stepper key={actor} label={t("briefing.howMany", { actor: coded("actor", actor) })} value={people || null} max={MOST_PEOPLE}
          onChange={(n) => draft.set({ actors: form.actors.map((one) => (one.actor === actor ? { actor, people: n } : one)) })} />
      ))}
      <Priorities chosen={form.priorities} district={form.district || null} errors={errors} onChange={(priorities) => draft.set({ priorities })} />
      <FreeText id="note" long label={t("briefing.note")} hint={t("briefing.noteHint")} value={form.note} onInput={(note) => draft.set({ note })} errors={errors} />
    </Screen>
  );
}

/** What goes along from one briefing to the next: not the note, which was about that evening. */
const agreedOn = ({ joint, police_area, actors, priorities }: Pick<Briefing, "joint" | "police_area" | "actors" | "priorities">) => ({ joint, police_area, actors, priorities });

/** Only the first is chosen here; one of several districts stays theirs. */
const districtsOf = ({ district }: Form, { districts }: Briefing): string[] => (district === districts[0] ? districts : [district]);

function formOf(fields: Briefing, seen: Seen<"briefings">): Form {
  return { ...agreedOn(fields), seen, note: fields.note, district: fields.districts[0] ?? "", held: clockTime(fields.held_at), until: clockTime(fields.valid_until) };
}

/** Only a clock that was touched moves anything. */
function timesOf(held: string, until: string, old: Briefing): Partial<Briefing> {
  const isHeld = held === clockTime(old.held_at);
  const held_at = isHeld ? old.held_at : atClock(held, old.held_at);
  return {
    ...(isHeld ? {} : { held_at, valid_from: held_at }),
    ...(until === clockTime(old.valid_until) ? {} : { valid_until: nextClock(until, held_at) }),
  };
}

/** The first time after the briefing that the clock shows it: 03:00 is tomorrow's. */
function nextClock(hhmm: string, after: string): string {
  const near = atClock(hhmm || UNTIL, after);
  return Date.parse(near) > Date.parse(after) ? near : atClock(hhmm || UNTIL, new Date(Date.parse(after) + 86_400_000).toISOString());
}
