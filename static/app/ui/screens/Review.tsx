/**
 * *Granska* on a leader's phone: what waits, read without coverage. What is refused or came late is settled here with
 * the server's word; passes are read here, and approved or returned at the desk.
 */
import { coded, t } from "../../i18n";
import { Absences } from "../parts/Absences";
import { List } from "../parts/List";
import { Screen } from "../parts/Screen";
import { Settle } from "../parts/Settle";
import { inEveryWord } from "../read/conflicts";
import { askedOf } from "../read/comments";
import { personName } from "../read/names";
import { reviewQueue, type Pass } from "../read/review";
import { clockTime, dateInWords, shortDay } from "../read/time";
import { kindName, moment, whereAndWhen } from "../read/values";
import { follow } from "../router";
import { isOffline, now, records, session } from "../state";

const OFFICE = "/office/review";

export function Review() {
  const current = session();
  const queue = current && reviewQueue(records(), current, now());
  if (!queue) return <Screen title={t("review.title")} backTo="/app/mer" reading><p>{t("review.notLead")}</p></Screen>;
  const { submitted, returned, conflicts, rejections, late, held, newPlaces } = queue;
  return (
    <Screen title={t("review.title")} backTo="/app/mer" reading>
      {isOffline() && <p class="notice">{t("review.needsCoverage")}</p>}
      {/* Not the field app's: the browser opens it. */}
      <a class="secondary" href={OFFICE}>{t("review.atTheDesk")}</a>
      <p class="quiet">{t("review.window")}</p>
      <List title="review.submitted" n={submitted.length} look="rows">{submitted.map((pass) => <PassRow key={pass.shift.id} pass={pass} />)}</List>
      <List title="review.returned" n={returned.length} look="rows">{returned.map((pass) => <PassRow key={pass.shift.id} pass={pass} />)}</List>
      <Absences />
      <List title="review.conflicts" n={conflicts.length}>
        {conflicts.map(({ id, fields }) => (
          <li key={id} class="card">
            <What kept={fields} at={fields.made_at} by={fields.author_id} />
            <a class="secondary" href={`/app/mer/konflikt/${id}`} onClick={follow}>{t("conflict.choose")}</a>
          </li>
        ))}
      </List>
      <Settle title="review.rejections" kept="rejections" items={rejections.map(({ row: { id, fields }, maySettle }) => ({
        id, maySettle, whose: whose(fields.author_id, fields.received_at ?? ""), action: fields.slug === "personal_number" ? null : "replay",
        what: (
          <>
            <What kept={fields} at={fields.received_at ?? ""} by={fields.author_id} />
            <p>{coded("refused", fields.slug)}{fields.state === "handed_over" && ` ${t("review.handedOver")}.`}</p>
            {fields.slug === "personal_number" && <p class="quiet">{t("review.onlyDiscard")}</p>}
            <Sent fields={fields.fields} />
          </>
        ),
      }))} />
      <Settle title="review.late" kept="late" items={late.map(({ row: { id, fields }, maySettle }) => ({
        id, maySettle, whose: whose(fields.author_id, fields.since), action: "take_in", what: <><What kept={fields} at={fields.since} by={fields.author_id} /><Sent fields={fields.fields} /></>,
      }))} />
      <List title="review.heldBack" n={held.length} hint="review.heldHint">
        {held.map(({ id, fields }) => <li key={id} class="card"><What kept={fields} at={fields.since} by={fields.author_id} /></li>)}
      </List>
      <List title="review.newPlaces" n={newPlaces.length} look="rows">
        {newPlaces.map(({ id, fields }) => (
          <li key={id}>
            <a class="row" href={`/app/pass/${fields.shift_id}`} onClick={follow}>
              <span><span class="strong">{fields.place?.label}</span><br /><span class="quiet">{moment(fields.arrived_at)}</span></span>
            </a>
          </li>
        ))}
      </List>
    </Screen>
  );
}

function PassRow({ pass: { shift, isOwn } }: { pass: Pass }) {
  const all = records();
  const { kind, started_at, ended_at, participant_ids, team_id } = shift.fields;
  const dueOn = askedOf(all, shift)?.dueOn;
  const people = participant_ids.map((id) => personName(all, session(), id)).join(", ");
  return (
    <li>
      <a class="row" href={`/app/pass/${shift.id}`} onClick={follow}>
        <span>
          <span class="strong">{t(`shift.${kind}`)}</span> {shortDay(started_at)} {clockTime(started_at)}{ended_at && `–${clockTime(ended_at)}`}
          <br />
          <span class="quiet">{[people, all.get("teams", team_id)?.fields.name, dueOn && t("asked.due", { day: dateInWords(dueOn) })].filter(Boolean).join(" · ")}</span>
          {isOwn && <><br /><span class="strong">{t("review.someoneElse")}</span></>}
        </span>
      </a>
    </li>
  );
}

/** What it is, whose, and when; of a record that is not here only the time is left to tell it by. */
function What({ kept: { collection, record_id }, at, by }: { kept: { collection: string; record_id: string }; at: string; by: string }) {
  const all = records();
  return (
    <>
      <p class="strong">{[kindName(collection), whereAndWhen(all, collection, record_id)].filter(Boolean).join(" · ")}</p>
      <p class="quiet">{whose(by, at)}</p>
    </>
  );
}

const whose = (by: string, at: string): string => [personName(records(), session(), by), moment(at)].filter(Boolean).join(" · ");

function Sent({ fields }: { fields: Record<string, unknown> }) {
  const words = inEveryWord(records(), session(), fields);
  return words ? <details><summary>{t("review.says")}</summary><p class="said">{words}</p></details> : null;
}
