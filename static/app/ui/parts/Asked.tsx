/** The team leader's words at the field they are about, while the pass is back. Draws nothing where nothing was asked. */
import { t } from "../../i18n";
import { askedAbout, askedOf, hasMoved, type Comment, type Line } from "../read/comments";
import { personName } from "../read/names";
import type { Row } from "../read/shifts";
import { records, session } from "../state";

interface Props {
  of: Line;
  /** The fields it stands above; without them, all of the record but `except`. */
  fields?: readonly string[];
  except?: readonly string[];
  /** What a field is called, where it does not stand right under. */
  name?: (field: string) => string;
}

export function Asked({ of, fields, except = [], name }: Props) {
  const found = askedAbout(records(), of).filter(({ fields: { field } }) => (
    field === null ? !fields : fields ? fields.includes(field) : !except.includes(field)
  ));
  return <>{found.map((comment) => <Words key={comment.id} comment={comment} name={name} />)}</>;
}

/** What is asked of the pass as a whole. */
export function AskedOfAll({ shift }: { shift: Row<"shifts"> }) {
  const found = askedOf(records(), shift)?.comments.filter(({ fields }) => fields.record_id === null) ?? [];
  return <>{found.map((comment) => <Words key={comment.id} comment={comment} />)}</>;
}

/** Whether something is asked of one of the fields: a seldom one is then shown. */
export const isAsked = (of: Line, fields: readonly string[]): boolean =>
  askedAbout(records(), of).some(({ fields: { field } }) => field !== null && fields.includes(field));

function Words({ comment, name }: { comment: Comment; name?: Props["name"] }) {
  const all = records();
  const { field, text, author_id } = comment.fields;
  const head = [personName(all, session(), author_id), field && name?.(field).replace(/\?$/, "")].filter(Boolean).join(" · ");
  return (
    <p class="asked">
      <span class="quiet">{head}: </span>
      <span class="said">{text}</span>
      {hasMoved(all, comment) && <span class="quiet"> ({t("asked.moved")})</span>}
    </p>
  );
}
