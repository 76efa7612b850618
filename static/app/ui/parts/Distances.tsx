/** *Visa avstånd*: one fix on request orders tonight's list by distance too. It stays on this screen and is thrown away with it. */
import { useState } from "preact/hooks";
import type { Position } from "../../domain/here";
import { t } from "../../i18n";
import { positionNow, type Fix } from "../position";
import { Working } from "./Working";

export function Distances({ isShown, onFix }: { isShown: boolean; onFix: (position: Position) => void }) {
  const [why, setWhy] = useState<Exclude<Fix["kind"], "fix"> | null>(null);
  const look = async () => {
    const fix = await positionNow();
    if (fix.kind === "fix") onFix(fix.position);
    setWhy(fix.kind === "fix" ? null : fix.kind);
  };
  if (isShown) return null;
  return (
    <div class="stack">
      <Working run={look} class="secondary">{t("tonight.showDistance")}</Working>
      <div role="status">{why && <p class="quiet">{t(`position.${why}`)}</p>}</div>
    </div>
  );
}
