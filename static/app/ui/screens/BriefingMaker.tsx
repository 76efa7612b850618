/** A new utsättning: who met, which places are tonight's priorities and why, valid until 03:00. No police intelligence, no persons. */
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
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { Working } from "../parts/Working";
import { districtOptions, fieldTeams } from "../read/start";
import { atClock, clockTime } from "../read/time";
import { replace } from "../router";
import { commands, records, session } from "../state";
import { remember } from "../undo";

const UNTIL = "03:00";
const MOST_PEOPLE = 200;

interface Form extends Pick<Briefing, "joint" | "police_area" | "actors" | "priorities" | "note"> {
  district: string;
  held: string;
  until: string;
}

export function BriefingMaker() {
  const all = records();
  const own = session() ? fieldTeams(all, session()!)[0]?.district : null;
  const [errors, setErrors] = useState<FieldError[]>([]);
  const draft = useDraft<Form>("briefing:new", () => ({
    district: own ?? "", joint: true, police_area: null, actors: [], priorities: [], note: "", held: clockTime(commands().timestamp()), until: UNTIL,
  }));
  if (!draft.ready) return null;
  const form = draft.value;
  const district = all.all("districts").find(({ fields }) => fields.code === form.district)?.fields;
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
    const held_at = atClock(form.held, commands().timestamp());
    const kept = await attempt(async () => {
      const id = await commands().create("briefings", {
        held_at, joint: form.joint, districts: [form.district], police_area: form.police_area, actors: form.actors,
        valid_from: held_at, valid_until: nextClock(form.until, held_at), priorities: form.priorities, note: form.note.trim(),
      });
      remember("action.briefingSaved", [{ do: "remove", collection: "briefings", id }]);
      announceSaved("action.briefingSaved");
    });
    if (!kept) return;
    await draft.drop();
    replace("/app/mer/utsattning");
  };

  return (
    <Screen title={t("briefing.new")} backTo="/app/mer/utsattning" action={<Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      <Toggle label={t("briefing.isJoint")} checked={form.joint} onChange={(joint) => draft.set({ joint })} />
      <div class="pair">
        <Input id="held" type="time" label={t("briefing.heldAt")} value={form.held} onInput={(held) => draft.set({ held })} />
        <Input id="until" type="time" label={t("briefing.until")} value={form.until} onInput={(until) => draft.set({ until })} />
      </div>
      {!own && (
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

/** The first time after the briefing that the clock shows it: 03:00 is tomorrow's. */
function nextClock(hhmm: string, after: string): string {
  const near = atClock(hhmm || UNTIL, after);
  return Date.parse(near) > Date.parse(after) ? near : atClock(hhmm || UNTIL, new Date(Date.parse(after) + 86_400_000).toISOString());
}
