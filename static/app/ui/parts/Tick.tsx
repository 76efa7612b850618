/** The sync state of one record: a shape and a word, never colour alone. */
import type { Projected } from "../../ports";
import { t } from "../../i18n";
import { clockTime } from "../read/time";

const SHAPES = { saved: "○", sending: "◔", received: "●", refused: "!" } as const;

export function Tick({ row }: { row: Pick<Projected, "tick" | "receivedAt" | "waits"> }) {
  // PU9, PU11: the server has it, and it waits there.
  if (row.waits && row.tick === "received")
    return <span class="tick"><span class="shape" aria-hidden="true">{SHAPES.sending}</span> {t(`tick.${row.waits}`)}</span>;
  const words =
    row.tick === "received" && row.receivedAt
      ? t("tick.receivedAt", { time: clockTime(row.receivedAt) })
      : t(`tick.${row.tick}`);
  return (
    <span class={`tick ${row.tick}`}>
      <span class="shape" aria-hidden="true">{SHAPES[row.tick]}</span> {words}
    </span>
  );
}
