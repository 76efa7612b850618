/** A list of places of one kind with search, own district first; works from what the phone holds. */
import { useState } from "preact/hooks";
import { count, t } from "../../i18n";
import { findPlaces, type Choice } from "../read/places";
import { records } from "../state";
import { Input } from "./Field";

const SHOWN = 30;

interface Props {
  kind: Choice["kind"];
  district: string | null;
  onChoose: (choice: Choice) => void;
  label?: string;
}

export function PlaceList({ kind, district, onChoose, label }: Props) {
  const [query, setQuery] = useState("");
  const found = findPlaces(records(), kind, query, district);
  return (
    <>
      <Input id={`search-${kind}`} type="search" label={label ?? t(`place.search.${kind}`)} value={query} onInput={setQuery} />
      <ul class="rows">
        {found.slice(0, SHOWN).map((choice) => (
          <li key={choice.id}>
            <button type="button" class="row" onClick={() => onChoose(choice)}>
              <span class="strong">{choice.name}</span>
              {choice.detail && <span class="quiet"> {choice.detail}</span>}
              {choice.kind === "site" && choice.warning && <span class="warning"> ! {choice.warning}</span>}
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet" role="status">
        {found.length === 0 && t("place.noneFound")}
        {found.length > SHOWN && count("place.moreFound", found.length - SHOWN)}
      </p>
    </>
  );
}
