/** What is neither waiting on the phone nor received: refused, in conflict, held, late. A list each, with its ways out. */
import type { ComponentChildren } from "preact";
import type { CollectionName } from "../../domain/records";
import { t } from "../../i18n";
import { openConflicts } from "../read/conflicts";
import { kindName, moment, whereAndWhen } from "../read/values";
import { follow } from "../router";
import { records, userId } from "../state";
import { Refusal } from "./Refusal";
import { addressOf } from "./Timeline";

interface Named {
  collection: string;
  record_id: string;
}

/** Of a record that is gone only the time is left to tell it by. */
const nameOf = ({ collection, record_id }: Named, at = ""): string =>
  [kindName(collection), whereAndWhen(records(), collection, record_id) || moment(at)].filter(Boolean).join(" · ");

function List({ title, hint, children }: { title: string; hint?: string; children: ComponentChildren }) {
  return (
    <section class="stack">
      <h2>{title}</h2>
      {hint && <p class="quiet">{hint}</p>}
      <ul class="cards">{children}</ul>
    </section>
  );
}

export function Conflicts() {
  const open = openConflicts(records());
  if (open.length === 0) return null;
  return (
    <List title={t("sync.conflicts")} hint={t("sync.conflictsHint")}>
      {open.map(({ id, fields }) => (
        <li key={id} class="card">
          <p class="strong">≠ {nameOf(fields, fields.made_at)}</p>
          <a class="secondary" href={`/app/mer/konflikt/${id}`} onClick={follow}>{t("conflict.choose")}<span class="hidden"> {nameOf(fields, fields.made_at)}</span></a>
        </li>
      ))}
    </List>
  );
}

export function Refused() {
  const own = records().all("rejections").filter(({ fields }) => fields.author_id === userId() && (fields.state === "open" || fields.state === "handed_over"));
  if (own.length === 0) return null;
  return (
    <List title={t("tick.refused")}>
      {own.map(({ id, fields }) => (
        <li key={id} class="card">
          <p class="strong">! {nameOf(fields)}</p>
          <Refusal id={id} correctAt={correctable(fields.collection, fields.record_id)} />
        </li>
      ))}
    </List>
  );
}

/** Only what has a form of its own, and is still here, can be corrected. */
const correctable = (collection: string, id: string): string | null =>
  records().get(collection as CollectionName, id) ? addressOf({ collection, id }) : null;

export function WaitingOnServer({ name }: { name: "held" | "late" }) {
  const own = records().all(name).filter(({ fields }) => fields.author_id === userId() && fields.state === "waiting");
  if (own.length === 0) return null;
  return (
    <List title={t(`sync.${name}`)} hint={t(`sync.${name}Hint`)}>
      {own.map(({ id, fields }) => <li key={id} class="card"><p class="strong">◔ {nameOf(fields, fields.since)}</p></li>)}
    </List>
  );
}
