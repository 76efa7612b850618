/** One tap, one fix, one suggestion. The position is used here and thrown away. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { positionNow } from "../position";
import { nearestChoice, type Choice } from "../read/places";
import { records } from "../state";
import { Working } from "./Working";

type Found = { kind: "none"; why: "denied" | "unavailable" | "vague" | "noSites" } | { kind: "site"; choice: Choice; metres: number };

export function NearestPlace({ onChoose }: { onChoose: (choice: Choice) => void }) {
  const [found, setFound] = useState<Found | null>(null);
  const look = async () => {
    const fix = await positionNow();
    if (fix.kind !== "fix") return setFound({ kind: "none", why: fix.kind });
    const nearest = nearestChoice(records(), fix.position);
    setFound(nearest ? { kind: "site", ...nearest } : { kind: "none", why: "noSites" });
  };
  return (
    <div class="stack">
      <Working run={look} class="secondary">{t("place.findNearest")}</Working>
      <div role="status">
        {found?.kind === "none" && <p class="quiet">{t(`position.${found.why}`)}</p>}
        {found?.kind === "site" && (
          <button type="button" class="row here" onClick={() => onChoose(found.choice)}>
            <span class="strong">{found.choice.name}</span>
            <span class="quiet"> {t("place.metresAway", { metres: found.metres })}</span>
          </button>
        )}
      </div>
    </div>
  );
}
