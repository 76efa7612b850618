/** A pass as a timeline, newest first: time, place, what, tick; a tap edits. */
import type { ComponentChildren } from "preact";
import { coded, t } from "../../i18n";
import { conflictOf } from "../read/conflicts";
import { flagsInWords } from "../read/flags";
import { placeName } from "../read/places";
import { isUnanswered, observationsOf, visitsOf, type Row } from "../read/shifts";
import { total, fromFields } from "../read/people";
import { clockTime } from "../read/time";
import { personName } from "../read/names";
import { fieldName } from "../read/values";
import { follow } from "../router";
import { records, session, userId } from "../state";
import { Asked } from "./Asked";
import { Mended } from "./Mended";
import { Refusal } from "./Refusal";
import { Tick } from "./Tick";

type Line = Row<"visits"> | Row<"observations"> | Row<"shifts">;

const timeOf = (line: Line): string => {
  if (line.collection === "visits") return (line as Row<"visits">).fields.arrived_at;
  if (line.collection === "observations") return (line as Row<"observations">).fields.observed_at;
  return (line as Row<"shifts">).fields.started_at;
};
/** At the same minute a visit comes before what was seen on it. */
const ORDER = { observations: 0, visits: 1, shifts: 2 } as Record<string, number>;

export function Timeline({ shift, editable }: { shift: Row<"shifts">; editable: boolean }) {
  const all = records();
  const visits = visitsOf(all, shift.id);
  const lines: Line[] = [shift, ...visits, ...visits.flatMap((visit) => observationsOf(all, visit.id))].sort(
    (a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a)) || (ORDER[a.collection] ?? 0) - (ORDER[b.collection] ?? 0),
  );
  return (
    <ol class="timeline">
      {lines.map((line) => (
        <li key={line.id}>
          <time class="quiet" dateTime={timeOf(line)}>{clockTime(timeOf(line))}</time>
          <div>
            <LineText line={line} editable={editable} />
            {flagsInWords(line.fields).map((words) => <p key={words} class="quiet">{words}</p>)}
            <p class="quiet"><Tick row={line} />{writerOf(line)}</p>
            <Asked of={line} name={fieldName} />
            <Mended id={line.id} />
            <InConflict line={line} />
            {line.rejectionId && <Refusal id={line.rejectionId} correctAt={addressOf(line)} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** On a pass of several people each line says who wrote it; one's own say nothing. */
function writerOf({ fields: { created_by: writer } }: Line): string {
  return writer && writer !== userId() ? ` · ${personName(records(), session(), writer)}` : "";
}

/** PU5: somebody else changed the same; both values are kept until one is chosen. */
function InConflict({ line }: { line: Line }) {
  const conflict = conflictOf(records(), line.collection, line.id);
  if (!conflict) return null;
  return <p><a class="change" href={`/app/mer/konflikt/${conflict.id}`} onClick={follow}>≠ {t("sync.conflicts")}: {t("conflict.choose").toLocaleLowerCase("sv")}</a></p>;
}

const FORMS: Readonly<Record<string, (id: string) => string>> = {
  shifts: (id) => `/app/pass/${id}/uppgifter`,
  visits: (id) => `/app/besok/${id}`,
  observations: (id) => `/app/iakttagelse/${id}`,
  briefings: (id) => `/app/mer/utsattning/${id}`,
  walks: (id) => `/app/mer/nattvandring/${id}`,
};

/** The form that changes a record; null for what has none of its own. */
export const addressOf = ({ collection, id }: { collection: string; id: string }): string | null => FORMS[collection]?.(id) ?? null;

function LineText({ line, editable }: { line: Line; editable: boolean }) {
  const all = records();
  const link = (words: ComponentChildren) =>
    editable ? <a class="strong line" href={addressOf(line) ?? ""} onClick={follow}>{words}</a> : <p class="strong">{words}</p>;
  if (line.collection === "shifts") return link(t("timeline.started", { kind: t(`shift.${(line as Row<"shifts">).fields.kind}`) }));
  if (line.collection === "observations") return link(inWords((line as Row<"observations">).fields));
  const { fields } = line as Row<"visits">;
  return (
    <>
      {link(placeName(all, fields))}
      <p>{isUnanswered(all, line as Row<"visits">) && fields.left_at ? t("timeline.unanswered") : outcomeInWords(fields)}</p>
    </>
  );
}

function outcomeInWords(fields: Row<"visits">["fields"]): string {
  if (fields.outcome === "not_visited")
    return `${t("outcome.not_visited")}: ${coded("notVisited", fields.not_visited_reason ?? "other").toLocaleLowerCase("sv")}`;
  const until = fields.left_at ? t("timeline.until", { time: clockTime(fields.left_at) }) : t("timeline.under_way");
  return fields.outcome === "nothing_noted" ? `${t("outcome.nothing_noted")} · ${until}` : until;
}

function inWords(fields: Row<"observations">["fields"]): string {
  const n = total(fromFields(fields));
  const words = [
    ...fields.topics.map((topic) => coded("topic", topic)),
    ...(fields.situation ? [coded("situation", fields.situation)] : []),
    ...(n === null ? [] : [t("timeline.people", { n })]),
  ];
  return words.length > 0 ? words.join(", ") : t("timeline.observation");
}
