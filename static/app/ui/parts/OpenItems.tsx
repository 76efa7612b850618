/** What is not finished on a pass, taken over or noted there: done, dropped or still open, and who said so. */
import { useState } from "preact/hooks";
import { MOST_ITEMS, type OpenItem } from "../../domain/handover";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { t } from "../../i18n";
import { changeShift } from "../actions";
import { itemInWords, itemPlaces } from "../read/items";
import { survivorOf } from "../read/places";
import { openVisit, visitsOf, type Row } from "../read/shifts";
import { clockTime, shortDay } from "../read/time";
import { personName } from "../read/names";
import { commands, records, session, userId } from "../state";
import { Select } from "./Field";
import { FreeText } from "./FreeText";

export function OpenItems({ shift, adds }: { shift: Row<"shifts">; adds?: boolean }) {
  const items = shift.fields.open_items;
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const all = records();
  // Most often it is about where one is; nothing needs to be tapped then.
  const here = openVisit(all, shift.id)?.fields.site_id;
  const place = picked ?? (here ? survivorOf(all, here) : "");
  const signed = () => ({ by: userId(), at: commands().timestamp() });
  const settle = (item: OpenItem, state: OpenItem["state"]) =>
    changeShift(shift, { open_items: items.map((one) => (one.id === item.id ? { ...one, state, ...signed() } : one)) });
  const add = async () => {
    const said = text.trim();
    if (!said || hasPersonalNumber(said)) return;
    const item: OpenItem = { id: commands().newId(), text: said, state: "open", ...signed(), ...(place && { site_id: place }) };
    if (!(await changeShift(shift, { open_items: [...items, item] }))) return;
    setText("");
    setPicked(null);
  };
  const places = itemPlaces(all, shift.fields.district, visitsOf(all, shift.id).map(({ fields }) => fields));
  if (items.length === 0 && !adds) return null;
  return (
    <section class="stack">
      <h2>{t("field.open_items")}</h2>
      <ul class="cards">
        {items.map((item) => (
          <li key={item.id} class="card">
            <p class="strong">{itemInWords(all, item)}</p>
            <p class="quiet">{t(`item.${item.state}`)} · {personName(all, session(), item.by)} {shortDay(item.at)} {clockTime(item.at)}</p>
            <div class="pair">
              {item.state === "open" ? (
                <>
                  <button type="button" class="secondary" onClick={() => void settle(item, "done")}>{t("item.setDone")}<span class="hidden"> {item.text}</span></button>
                  <button type="button" class="secondary" onClick={() => void settle(item, "dropped")}>{t("item.drop")}<span class="hidden"> {item.text}</span></button>
                </>
              ) : (
                <button type="button" class="secondary" onClick={() => void settle(item, "open")}>{t("item.reopen")}<span class="hidden"> {item.text}</span></button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {adds && items.length < MOST_ITEMS && (
        <>
          <FreeText id="item" label={t("item.new")} value={text} onInput={setText} />
          <Select id="item-place" label={t("item.place")} value={place} onChange={setPicked}
            options={[{ value: "", label: t("item.noPlace") }, ...places.map(({ id, name }) => ({ value: id, label: name }))]} />
          <button type="button" class="secondary" onClick={() => void add()}>{t("item.add")}</button>
        </>
      )}
    </section>
  );
}
