/** The map in words: every place of it, own district first. A place's button shows it on the map. */
import type { ComponentChildren } from "preact";
import { t, type Key } from "../../i18n";
import type { Listed } from "../read/mapPlaces";
import { Mark } from "./Mark";

interface Props {
  places: readonly Listed[];
  elsewhere: readonly string[];
  district: string | null;
  /** Absent where no map can be drawn: the rows then lead nowhere. */
  onChoose?: ((id: string) => void) | undefined;
}

export function MapList({ places, elsewhere, district, onChoose }: Props) {
  const of = (...looks: Listed["look"][]) => places.filter(({ look }) => looks.includes(look));
  const group = (title: Key, found: Listed[]) => found.length > 0 && <Group title={t(title)} places={found} district={district} onChoose={onChoose} />;
  return (
    <div class="map-list stack">
      {places.length === 0 && <p class="quiet">{t("map.empty")}</p>}
      {group("map.places", of("listed", "struck", "emerging", "other"))}
      {group("map.newPlaces", of("new"))}
      {group("map.schools", of("school"))}
      {elsewhere.length > 0 && (
        <section>
          <h2>{t("map.elsewhere")}</h2>
          <ul class="rows">{elsewhere.map((name) => <li key={name}><p class="row">{name}</p></li>)}</ul>
        </section>
      )}
    </div>
  );
}

function Group({ title, places, district, onChoose }: { title: string; places: Listed[]; district: string | null; onChoose: Props["onChoose"] }) {
  const own = places.filter((place) => place.district === district);
  const others = places.filter((place) => place.district !== district);
  const [first, rest] = own.length > 0 ? [own, others] : [others, []];
  return (
    <section>
      <h2>{title} ({places.length})</h2>
      <Rows places={first} onChoose={onChoose} />
      {rest.length > 0 && (
        <details>
          <summary>{t("map.otherDistricts")} ({rest.length})</summary>
          <Rows places={rest} onChoose={onChoose} />
        </details>
      )}
    </section>
  );
}

function Rows({ places, onChoose }: { places: Listed[]; onChoose: Props["onChoose"] }) {
  return (
    <ul class="rows">
      {places.map((place) => (
        <li key={place.id}>
          {onChoose && place.at ? <button type="button" class="row" onClick={() => onChoose(place.id)}><Told place={place} /></button> : <div class="row"><Told place={place} /></div>}
        </li>
      ))}
    </ul>
  );
}

function Told({ place: { look, name, safety, words } }: { place: Listed }): ComponentChildren {
  return (
    <>
      <Mark of={look} />
      <span class="told">
        <span class="strong">{name}</span>
        {safety && <span class="warning">! {safety}</span>}
        <span class="quiet">{words}</span>
      </span>
    </>
  );
}
