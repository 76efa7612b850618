/** Asks before a new version takes over: once the pass is closed or the queue empty, at once after a 426 (CL10). */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { openShift } from "../read/shifts";
import { records, session, status, updates, updateState, userId } from "../state";

let asked = false;

export function UpdateBar() {
  const { phase, queued } = status();
  const demanded = phase === "upgrade";
  useEffect(() => {
    if (demanded) updates().check();
  }, [demanded]);
  const state = updateState();
  if (state === "replaced") return <Ask text={t("update.replaced")} action={t("update.reload")} />;
  if (demanded) return <Ask text={t("update.demanded")} action={t("update.update")} />;
  const busy = session() !== null && queued > 0 && openShift(records(), userId()) !== undefined;
  // Once asked it stays: a bar that comes and goes with each save would move what the thumb aims at.
  asked = state === "waiting" && (asked || !busy);
  return asked ? <Ask text={t("update.waiting")} action={t("update.update")} /> : null;
}

/** The old worker may finish what it is at before the page comes anew: until then the button says so. */
function Ask({ text, action }: { text: string; action: string }) {
  const [said, setSaid] = useState(false);
  return (
    <div class="undo">
      <span>{text}</span>
      <button type="button" onClick={() => (setSaid(true), updates().apply())}>{said ? t("frame.working") : action}</button>
    </div>
  );
}
