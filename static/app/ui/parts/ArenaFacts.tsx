/** Minutes per arena, proposed from the visits; what they lack to the pass's length is shown as it is. */
import type { ComponentChildren } from "preact";
import { totalMinutes, type ArenaMinutes } from "../../domain/arenaMinutes";
import { ARENAS } from "../../domain/records";
import { coded, t } from "../../i18n";
import { duration } from "../read/time";
import { Fact } from "./Fact";
import type { FieldError } from "./Field";
import { Stepper } from "./Stepper";

interface Props {
  minutes: ArenaMinutes;
  /** What the visits come to, said where it is something else. */
  proposed: ArenaMinutes;
  length: number;
  errors: readonly FieldError[];
  onChange: (minutes: ArenaMinutes) => void;
  asked: ComponentChildren;
}

const STEP = 5;
const DAY = 24 * 60;

export function ArenaFacts({ minutes, proposed, length, errors, onChange, asked }: Props) {
  const used = inWords(minutes);
  const byVisits = inWords(proposed);
  const left = length - totalMinutes(minutes);
  const value = [...used, ...(left > 0 ? [t("check.unallocated", { time: duration(left) })] : [])].join(" · ");
  const error = errors.find(({ id }) => id === "minutes");
  return (
    <Fact label={t("check.arenas")} value={value || "–"} open={error !== undefined} asked={asked}>
      <div id="minutes" tabIndex={-1}>
        {error && <p class="error">{error.text}</p>}
        {byVisits.length > 0 && byVisits.join() !== used.join() && <p class="quiet">{t("check.byVisits", { what: byVisits.join(" · ") })}</p>}
        {ARENAS.map((arena) => (
          <Stepper key={arena} label={t("check.minutesOf", { arena: coded("arena", arena) })} value={minutes[arena] ?? null} max={DAY} step={STEP}
            onChange={(n) => onChange({ ...minutes, [arena]: n })} />
        ))}
      </div>
    </Fact>
  );
}

const inWords = (minutes: ArenaMinutes): string[] =>
  ARENAS.filter((arena) => (minutes[arena] ?? 0) > 0).map((arena) => `${coded("arena", arena)} ${duration(minutes[arena] ?? 0)}`);
