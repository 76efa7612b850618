/** Nattvandring: the district's walks, and one walk with its log; works without coverage like everything else here. */
import { useState } from "preact/hooks";
import { MOODS, WALK_STATUSES } from "../../domain/records";
import { coded, count, t } from "../../i18n";
import { changeWalk, correctRefused } from "../actions";
import { useDraft } from "../draft";
import { Chips } from "../parts/Chips";
import { ErrorSummary, type FieldError } from "../parts/Field";
import { FreeText, LONG } from "../parts/FreeText";
import { Refusal } from "../parts/Refusal";
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { Tick } from "../parts/Tick";
import { Working } from "../parts/Working";
import { withRefused } from "../read/refused";
import { changedOnly, seenOf } from "../read/seen";
import type { Row } from "../read/shifts";
import { clockTime, shortDay } from "../read/time";
import { advice, mayWrite, placesOf, walkFaults, walksAround } from "../read/walks";
import { back, follow } from "../router";
import { now, records, session } from "../state";

const HOME = "/app/mer/nattvandring";
const MOST = 500;

export function Walks() {
  const { ahead, behind } = walksAround(records(), now());
  return (
    <Screen title={t("walk.many")} backTo="/app/mer" reading>
      {ahead.length === 0 && <p class="quiet">{t("walk.none")}</p>}
      <List walks={ahead} />
      {behind.length > 0 && <h2>{t("walk.behind")}</h2>}
      <List walks={behind} />
    </Screen>
  );
}

function List({ walks }: { walks: Row<"walks">[] }) {
  const all = records();
  return (
    <ul class="rows">
      {walks.map((walk) => (
        <li key={walk.id}>
          <a class="row" href={`${HOME}/${walk.id}`} onClick={follow}>
            <span>
              <span class="strong">{shortDay(walk.fields.planned_start)} {clockTime(walk.fields.planned_start)}</span>{" "}
              {all.get("walk_groups", walk.fields.group_id)?.fields.name}
              <span class="quiet"> {[coded("walkStatus", walk.fields.status), walk.fields.planned_walkers > 0 && count("walk.walkers", walk.fields.planned_walkers)].filter(Boolean).join(" · ")}</span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

const formOf = ({ status, planned_walkers, actual_walkers, vests_lent, mood, log_note }: Row<"walks">["fields"]) => (
  { status, planned_walkers, actual_walkers, vests_lent, mood, log_note }
);

export function WalkPage({ walk }: { walk: Row<"walks"> }) {
  const [errors, setErrors] = useState<FieldError[]>([]);
  const draft = useDraft(`walk:${walk.id}`, () => ({ form: formOf(withRefused(records(), walk)), seen: seenOf(walk) }));
  const current = session();
  if (!draft.ready || !current) return null;
  const writes = mayWrite(current, walk);
  const { form, seen } = draft.value;
  const set = (change: Partial<typeof form>) => draft.set({ form: { ...form, ...change } });

  const save = async () => {
    const wrong = walkFaults(form);
    setErrors(wrong);
    if (wrong.length > 0) return;
    const changed = changedOnly(form, seen.fields);
    const kept = walk.rejectionId
      ? await correctRefused(walk, form)
      : Object.keys(changed).length === 0 || (await changeWalk(walk, changed, seen.version));
    if (!kept) return;
    await draft.drop();
    back(HOME);
  };

  const hint = advice(form.planned_walkers);
  return (
    <Screen title={records().get("walk_groups", walk.fields.group_id)?.fields.name ?? t("walk.one")} backTo={HOME} reading={!writes}
      action={writes && <Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      {draft.restored && <p class="quiet" role="status">{t("draft.restored")}</p>}
      <Facts walk={walk} />
      {walk.rejectionId && <Refusal id={walk.rejectionId} correctAt={null} />}
      {writes && (
        <>
          <div id="status" tabIndex={-1}>
            <Chips legend={t("field.status")} family="walkStatus" codes={WALK_STATUSES} single chosen={[form.status]} onChange={([status = form.status]) => set({ status })} />
          </div>
          <Stepper label={t("walk.planned")} value={form.planned_walkers} max={MOST} onChange={(planned_walkers) => set({ planned_walkers })} />
          {hint && <p class="quiet">{hint}</p>}
          <h2>{t("walk.log")}</h2>
          <Stepper label={t("walk.actual")} value={form.actual_walkers} max={MOST} onChange={(actual_walkers) => set({ actual_walkers })} />
          <Stepper label={t("walk.vests")} value={form.vests_lent} max={MOST} onChange={(vests_lent) => set({ vests_lent })} />
          <Chips legend={t("walk.mood")} family="mood" codes={MOODS} single chosen={form.mood ? [form.mood] : []} onChange={([mood = null]) => set({ mood })} />
          <FreeText id="log" label={t("walk.passOn")} long value={form.log_note} onInput={(log_note) => set({ log_note: log_note.slice(0, LONG) })} />
        </>
      )}
    </Screen>
  );
}

/** What the group itself knows too: when, where, which public places, whom to call. */
function Facts({ walk }: { walk: Row<"walks"> }) {
  const { planned_start: from, planned_end: until, meeting_point, duty_phone, status, planned_walkers, actual_walkers, mood, log_note } = walk.fields;
  const places = placesOf(records(), walk);
  const writes = mayWrite(session()!, walk);
  const logged = [actual_walkers !== null && count("walk.walkers", actual_walkers), mood && coded("mood", mood)].filter(Boolean).join(" · ");
  return (
    <section class="card">
      <p class="strong">{shortDay(from)} {clockTime(from)}–{clockTime(until)}</p>
      {meeting_point && <p>{t("walk.meet", { place: meeting_point })}</p>}
      {places.length > 0 && <p>{t("walk.pass", { places: places.join(", ") })}</p>}
      {duty_phone && <p><a href={`tel:${duty_phone.replace(/[^\d+]/g, "")}`}>{t("walk.call", { number: duty_phone })}</a></p>}
      {!writes && <p>{[coded("walkStatus", status), planned_walkers > 0 && count("walk.walkers", planned_walkers)].filter(Boolean).join(" · ")}</p>}
      {!writes && logged && <p>{t("walk.log")}: {logged}</p>}
      {!writes && log_note && <p class="written">{log_note}</p>}
      <p class="quiet"><Tick row={walk} /></p>
    </section>
  );
}
