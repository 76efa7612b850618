/** The drawn map: what draws it is loaded here, and its buttons stand beside it. Says so when it can't be drawn. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Drawing } from "../../map/drawing";
import { boundsOf, focusOf, type Geometry, type Picture } from "../../map/picture";
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
  // Whoever chose in the list wants to see it; own position the same.
  const { chosen, own } = picture;
  useEffect(() => {
    if (chosen || own) drawing?.see(focusOf(picture));
  }, [drawing, chosen, own]);

  return (
    <div class="map">
      <div class="map-box" ref={box} />
      <p class="hidden" id="map-how-to">{t("map.howTo")}</p>
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
