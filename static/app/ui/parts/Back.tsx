/** A pass that is back: what is asked for, by whom and until when, each thing with the way to its field. */
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { askedOf, hasMoved, recordOf, type Comment } from "../read/comments";
import { personName } from "../read/names";
import type { Row } from "../read/shifts";
import { dateInWords } from "../read/time";
import { fieldName, kindName, moment, whereAndWhen } from "../read/values";
import { follow } from "../router";
import { commands, records, session } from "../state";
import { AskedOfAll } from "./Asked";
import { addressOf } from "./Timeline";

/** What of a pass is written on its check page; the rest on *Om passet*. */
const ON_CHECK = new Set(["arena_minutes", "incidents", "mumin", "handover_note", "open_items"]);

export function Back({ shift, editable }: { shift: Row<"shifts">; editable: boolean }) {
  const all = records();
  const round = askedOf(all, shift);
  const id = editable ? round?.id : null;
  useEffect(() => {
    // The leader sees that it is read. Should the phone be full, the pass is completed all the same.
    if (id) void commands().noteOpened(id).catch(() => undefined);
  }, [id]);
  if (!round) return null;
  const things = round.comments.filter(({ fields }) => fields.record_id !== null);
  return (
    <section class="card">
      <h2>{t("asked.title")}</h2>
      {round.dueOn && <p class="strong">{t("asked.due", { day: dateInWords(round.dueOn) })}</p>}
      <p class="quiet">{personName(all, session(), round.by)} · {moment(round.at)}</p>
      <AskedOfAll shift={shift} />
      <ul class="rows">{things.map((one) => <li key={one.id}><Thing comment={one} editable={editable} /></li>)}</ul>
    </section>
  );
}

function Thing({ comment, editable }: { comment: Comment; editable: boolean }) {
  const all = records();
  const { field, text } = comment.fields;
  const record = recordOf(all, comment);
  const where = record ? [kindName(record.collection), record.collection !== "shifts" && whereAndWhen(all, record.collection, record.id)] : [t("asked.gone")];
  const words = (
    <span>
      <span class="quiet">{[...where, field && fieldName(field).replace(/\?$/, "")].filter(Boolean).join(" · ")}</span>
      <br />
      <span class="said">{text}</span>
      {hasMoved(all, comment) && <span class="quiet"> ({t("asked.moved")})</span>}
    </span>
  );
  if (!record || !editable) return <p class="row">{words}</p>;
  const form = record.collection === "shifts" && field !== null && ON_CHECK.has(field) ? `/app/pass/${record.id}/skicka` : addressOf(record);
  return <a class="row" href={form ?? ""} onClick={follow}>{words}</a>;
}
