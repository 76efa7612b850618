/** Tonight's priorities in rank order: add a place, say why and who covers it, move it up or down. */
import { useState } from "preact/hooks";
import { PRIORITY_REASONS, type Briefing } from "../../domain/records";
import { coded, t } from "../../i18n";
import { safetyInWords } from "../read/places";
import { records } from "../state";
import { Select, type FieldError } from "./Field";
import { PlaceList } from "./PlaceList";

type Priority = Briefing["priorities"][number];

interface Props {
  chosen: Priority[];
  district: string | null;
  errors: readonly FieldError[];
  onChange: (priorities: Priority[]) => void;
}

/** Rank is the place in the list and nothing else. */
const ranked = (list: Priority[]): Priority[] => list.map((priority, index) => ({ ...priority, rank: index + 1 }));

export function Priorities({ chosen, district, errors, onChange }: Props) {
  const [adding, setAdding] = useState(false);
  const error = errors.find(({ id }) => id === "priorities");
  const change = (at: number, fields: Partial<Priority>) => onChange(chosen.map((one, index) => (index === at ? { ...one, ...fields } : one)));
  const add = (site_id: string) => {
    setAdding(false);
    if (!chosen.some((one) => one.site_id === site_id)) onChange(ranked([...chosen, { site_id, rank: 0, reason: "suspected_dealing", covered_by: null }]));
  };
  const up = (at: number) => onChange(ranked(chosen.map((one, index) => (index === at - 1 ? chosen[at]! : index === at ? chosen[at - 1]! : one))));

  return (
    <section class="stack" id="priorities" tabIndex={-1}>
      <h2>{t("briefing.priorities")}</h2>
      {error && <p class="error">{error.text}</p>}
      <ol class="cards">
        {chosen.map((priority, at) => (
          <PriorityCard key={priority.site_id} priority={priority} onChange={(fields) => change(at, fields)}
            onUp={at > 0 ? () => up(at) : undefined} onRemove={() => onChange(ranked(chosen.filter((_, index) => index !== at)))} />
        ))}
      </ol>
      {adding ? (
        <PlaceList kind="site" district={district} label={t("briefing.searchPlace")} onChoose={({ id }) => add(id)} />
      ) : (
        <button type="button" class="secondary" onClick={() => setAdding(true)}>{t("briefing.addPlace")}</button>
      )}
    </section>
  );
}

interface CardProps {
  priority: Priority;
  onChange: (fields: Partial<Priority>) => void;
  onUp: (() => void) | undefined;
  onRemove: () => void;
}

function PriorityCard({ priority, onChange, onUp, onRemove }: CardProps) {
  const { site_id, rank, reason, covered_by } = priority;
  const site = records().get("sites", site_id)?.fields;
  const name = site?.name ?? t("place.unknown");
  const safety = site && safetyInWords(site);
  const teams = records().all("teams").map(({ id, fields }) => ({ value: id, label: fields.name }));
  return (
    <li class="card">
      <h3><span class="rank">{rank}</span><span>{name}</span></h3>
      {safety && <p class="warning">! {safety}</p>}
      <Select id={`reason-${site_id}`} label={t("briefing.reason")} value={reason} onChange={(code) => onChange({ reason: code })}
        options={PRIORITY_REASONS.map((code) => ({ value: code, label: coded("priority", code) }))} />
      {teams.length > 0 && (
        <Select id={`covered-${site_id}`} label={t("briefing.coveredBy")} value={covered_by ?? ""} onChange={(id) => onChange({ covered_by: id || null })}
          options={[{ value: "", label: t("briefing.nobodyYet") }, ...teams]} />
      )}
      <div class="pair">
        {onUp && <button type="button" class="secondary" onClick={onUp}>{t("briefing.up")}<span class="hidden"> {name}</span></button>}
        <button type="button" class="secondary" onClick={onRemove}>{t("briefing.removePlace")}<span class="hidden"> {name}</span></button>
      </div>
    </li>
  );
}
