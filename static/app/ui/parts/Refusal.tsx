/** *Kunde inte tas emot*: the reason in plain words, and what one can do about it (CL3). */
import type { Rejection } from "../../domain/records";
import { coded, t } from "../../i18n";
import { discardRefused, handOver } from "../actions";
import { go } from "../router";
import { fieldName } from "../read/values";
import { records } from "../state";

export function Refusal({ id, correctAt }: { id: string; correctAt: string | null }) {
  const row = records().get("rejections", id);
  if (!row) return null;
  const rejection = row.fields;
  // A personal number is never handed on: PU13 lets it only be corrected or discarded. Nor is what the server never saw.
  const mayHandOver = rejection.state === "open" && rejection.slug !== "personal_number" && row.version > 0;
  return (
    <div class="refusal">
      <p>{coded("refused", rejection.slug)}</p>
      {wrongFields(rejection).map((line) => <p key={line} class="quiet">{line}</p>)}
      {rejection.state === "handed_over" && <p class="quiet">{t("refusal.handedOver")}</p>}
      <div class="pair">
        {correctAt && rejection.op !== "delete" && (
          <button type="button" class="secondary" onClick={() => go(correctAt)}>{t("refusal.correct")}</button>
        )}
        <button type="button" class="secondary" onClick={() => void discardRefused(id)}>{t("refusal.discard")}</button>
        {mayHandOver && <button type="button" class="secondary" onClick={() => void handOver(id)}>{t("refusal.handOver")}</button>}
      </div>
    </div>
  );
}

/** Which of the fields a person knows are wrong, and why; what only the protocol knows is said by the reason above. */
function wrongFields({ field_errors }: Rejection): string[] {
  return Object.entries(field_errors ?? {}).flatMap(([path, reasons]) => {
    const [field = ""] = path.split(".");
    const name = fieldName(field);
    return name === field ? [] : [`${name}: ${reasons.join(" ")}`];
  });
}
