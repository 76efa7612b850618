/**
 * Karta: places by kind and state, schools, the zone of the chosen place, new places, today's visits, and one's own
 * position when one asks for it – which stays on this screen and is thrown away with it. *Lista* says the same in words.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Position } from "../../domain/here";
import { zoneOf } from "../../domain/zone";
import { coded, t } from "../../i18n";
import { LOOKS, SIGNS } from "../../map/looks";
import shared from "../../map/map.css?url";
import type { Picture } from "../../map/picture";
import { linkSheet } from "../../map/sheet";
import sheet from "../map.css?url";
import { ChosenPlace } from "../parts/ChosenPlace";
import { KeepBasemap } from "../parts/KeepBasemap";
import { MapCanvas } from "../parts/MapCanvas";
import { MapList } from "../parts/MapList";
import { Mark } from "../parts/Mark";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { positionNow, type Fix } from "../position";
import { districtOutlines, elsewhereToday, homeOf, isOnMap, mapPlaces } from "../read/mapPlaces";
import { openShift } from "../read/shifts";
import { dayOf } from "../read/time";
import { now, records, session, userId } from "../state";

const RADIUS_M = 500; // what school-near means where an older server does not say it

/** The screen's own style sheets; they stand before the screen does. */
export const styled = (): Promise<unknown> => Promise.all([shared, sheet].map(linkSheet));

export function MapScreen() {
  const all = records();
  const day = dayOf(now());
  const [isList, setList] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [own, setOwn] = useState<Position | null>(null);
  const [why, setWhy] = useState<Exclude<Fix["kind"], "fix"> | null>(null);
  const radiusM = session()?.school_radius_m ?? RADIUS_M;
  const district = openShift(all, userId())?.fields.district ?? session()?.grants.find((grant) => grant.district)?.district ?? null;
  const places = useMemo(() => mapPlaces(all, now(), own), [all, day, own]);
  const place = places.find(({ id }) => id === chosen);
  const picture = useMemo<Picture>(() => {
    const site = place?.where?.site_id && all.get("sites", place.where.site_id)?.fields;
    return { places: places.filter(isOnMap), outlines: districtOutlines(all), chosen, own, zone: site ? zoneOf(site.geometry, radiusM) : [] };
  }, [places, chosen, own, radiusM]);

  const locate = async () => {
    if (own) return setOwn(null);
    const fix = await positionNow();
    setWhy(fix.kind === "fix" ? null : fix.kind);
    if (fix.kind === "fix") setOwn(fix.position);
  };
  // A long list leaves its scrolling behind.
  useEffect(() => document.querySelector("main")?.scrollTo(0, 0), [isList, chosen]);
  const choose = (id: string | null) => (setChosen(id), setList(false));
  const inWords = isList || isBroken;

  return (
    <Screen title={t("tab.map")} action={(
      <div class="pair">
        {!isBroken && <button type="button" class="secondary" aria-pressed={isList} onClick={() => setList(!isList)}>{t(isList ? "tab.map" : "map.list")}</button>}
        <Working run={locate} class="secondary">{t(own ? "map.hidePosition" : "map.myPosition")}</Working>
      </div>
    )}>
      <div role="status">
        {isBroken && <p class="notice">{t("map.cannotDraw")}</p>}
        {why && !own && <p class="quiet">{t(`position.${why}`)}</p>}
      </div>
      {inWords
        ? <MapList places={places} elsewhere={elsewhereToday(all, now())} district={district} onChoose={isBroken ? undefined : choose} />
        : <MapCanvas picture={picture} home={homeOf(all, district, places)} onChoose={choose} onBroken={() => setBroken(true)} />}
      {!inWords && (place ? <ChosenPlace place={place} radiusM={radiusM} onClose={() => setChosen(null)} /> : <p class="quiet">{t("map.pickOne")}</p>)}
      {!inWords && <Legend withOwn={own !== null} />}
      {!inWords && <KeepBasemap />}
    </Screen>
  );
}

function Legend({ withOwn }: { withOwn: boolean }) {
  return (
    <details>
      <summary>{t("map.legend")}</summary>
      <ul class="legend">
        {LOOKS.map((one) => <li key={one}><Mark of={one} />{coded("mapLook", one)}</li>)}
        {SIGNS.map((one) => <li key={one}><Mark of={one} />{coded("mapSign", one)}</li>)}
        {withOwn && <li><span class="own-mark" aria-hidden="true" />{t("map.ownPosition")}</li>}
      </ul>
    </details>
  );
}
