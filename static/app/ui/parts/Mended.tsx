/** What a team leader mended in a line, with why: nothing of what somebody wrote is changed without a word to them. */
import { t } from "../../i18n";
import { mendedOf } from "../read/comments";
import { personName } from "../read/names";
import { fieldName, inWords, moment } from "../read/values";
import { records, session } from "../state";

export function Mended({ id }: { id: string }) {
  const all = records();
  return (
    <>
      {mendedOf(all, { record_id: id }).map(({ id: key, fields: { field, before, text, author_id, made_at } }) => {
        const said = { at: moment(made_at), who: personName(all, session(), author_id), field: fieldName(field ?? "") };
        const group = Object.keys(before);
        return (
          <p key={key} class="asked">
            <span class="quiet">{group.length > 0 ? t("mended.was", { ...said, before: inWords(all, session(), group, before) }) : t("mended.words", said)} </span>
            <span class="said">{text}</span>
          </p>
        );
      })}
    </>
  );
}
