/** The drawn map: what draws it is loaded here, and its buttons stand beside it. Says so when it can't be drawn. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Basemap } from "../../domain/basemap";
import { t } from "../../i18n";
import type { Drawing } from "../../map/drawing";
import { boundsOf, focusOf, type Geometry, type Picture } from "../../map/picture";
import { basemap, lookForBasemap, readBasemap } from "../basemap";
import { Icon } from "./Icon";

interface Props {
  picture: Picture;
  /** What the map shows when it opens. */
  home: readonly Geometry[];
  onChoose: (id: string | null) => void;
  onBroken: () => void;
}

export function MapCanvas({ picture, home, onChoose, onBroken }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const choose = useRef(onChoose);
  choose.current = onChoose;

  useEffect(() => {
    let drawn: Drawing | null = null;
    let isGone = false;
    const begin = async () => {
      const { draw } = await import("../../map/drawing");
      if (isGone || !box.current) return;
      drawn = await draw(box.current, picture, { title: t("map.name"), describedBy: "map-how-to" }, (id) => choose.current(id));
      if (isGone) return drawn.remove();
      drawn.see(boundsOf(home));
      setDrawing(drawn);
    };
    begin().catch(() => void (isGone || onBroken()));
    return () => {
      isGone = true;
      drawn?.remove();
    };
  }, []);
  useEffect(() => drawing?.show(picture), [drawing, picture]);
  const credit = useGround(drawing);
  // Whoever chose in the list wants to see it; own position the same.
  const { chosen, own } = picture;
  useEffect(() => {
    if (chosen || own) drawing?.see(focusOf(picture));
  }, [drawing, chosen, own]);

  return (
    <div class="map">
      <div class="map-box" ref={box} />
      <p class="hidden" id="map-how-to">{t("map.howTo")}</p>
      {credit && <p class="map-credit">{credit}</p>}
      {!drawing && <p class="map-wait" role="status">{t("map.drawing")}</p>}
      {drawing && (
        <div class="map-zoom">
          <button type="button" aria-label={t("map.zoomIn")} onClick={() => drawing.zoom(1)}><Icon name="plus" /></button>
          <button type="button" aria-label={t("map.zoomOut")} onClick={() => drawing.zoom(-1)}><Icon name="minus" /></button>
        </div>
      )}
    </div>
  );
}

/** Lays the basemap below a drawn map as soon as there is one, again when the line comes back; whom to credit while it lies there. */
function useGround(drawing: Drawing | null): string | null {
  const { kept, offered } = basemap.value;
  const ground = kept ?? offered;
  const [laid, setLaid] = useState<Basemap | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    const look = () => void lookForBasemap().then(() => setLost(false));
    look();
    addEventListener("online", look);
    return () => removeEventListener("online", look);
  }, []);
  useEffect(() => setLost(false), [kept?.version]);
  useEffect(() => {
    if (!drawing || !ground || isLost || laid?.version === ground.version) return;
    const lose = () => (setLaid(null), setLost(true));
    drawing.underlay(ground, readBasemap, lose).then((lies) => lies && setLaid(ground), lose);
  }, [drawing, ground?.version, isLost]);
  return laid && laid.attribution;
}
