/** The state of the queue in the top bar, and the way to its page. Beside a long heading it is a sign and a number. */
import { count, t } from "../../i18n";
import { clockTime } from "../read/time";
import { follow } from "../router";
import { status } from "../state";

interface Line {
  sign: string;
  short: string;
  words: string;
}

export function SyncPill({ compact }: { compact: boolean }) {
  const lines = linesNow();
  const [first] = lines;
  return (
    <a class={compact ? "pill compact" : "pill"} href="/app/mer/synk" onClick={follow}>
      {compact && first && <span aria-hidden="true">{first.sign} {first.short}</span>}
      {lines.map(({ sign, words }, index) => (
        <span key={sign} class={compact ? "hidden" : index > 0 ? "quiet" : undefined}>
          <span aria-hidden="true">{index === 0 && `${sign} `}</span>{words}
          {index < lines.length - 1 && <span class="hidden"> · </span>}
        </span>
      ))}
    </a>
  );
}

/** At most two: what asks for something first, then what waits, then the last receipt. */
function linesNow(): Line[] {
  const { queued, rejected, conflicts, lastReceiptAt } = status();
  const lines: Line[] = [];
  if (rejected > 0) lines.push({ sign: "!", short: String(rejected), words: count("pill.refused", rejected) });
  if (conflicts > 0) lines.push({ sign: "≠", short: String(conflicts), words: count("pill.conflicts", conflicts) });
  if (queued > 0) lines.push({ sign: "◔", short: String(queued), words: count("pill.waiting", queued) });
  if (lastReceiptAt) {
    const time = clockTime(lastReceiptAt);
    lines.push({ sign: "●", short: time, words: t("pill.received", { time }) });
  }
  return lines.length > 0 ? lines.slice(0, 2) : [{ sign: "○", short: "", words: t("pill.nothing") }];
}
