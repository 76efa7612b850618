/** A list of what the server keeps, each taken in or put away by a leader. What became of one is said in its list, also when the one is gone. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { hasPersonalNumber } from "../../domain/personalNumber";
import { t, type Key } from "../../i18n";
import type { KeptName, Settling } from "../../ports";
import { settleKept } from "../settle";
import { useStill } from "../still";
import type { FieldError } from "./Field";
import { FreeText, personalNumberError } from "./FreeText";
import { Working } from "./Working";

interface Item {
  id: string;
  maySettle: boolean;
  /** How it is taken in; null for what can't be. */
  action: "replay" | "take_in" | null;
  what: ComponentChildren;
  /** Whose and when: tells buttons of one wording apart. */
  whose: string;
}

export function Settle({ title, kept, items }: { title: Key; kept: KeptName; items: readonly Item[] }) {
  const [said, setSaid] = useState("");
  const still = useStill(items.map(({ id }) => id).join());
  return (
    <section class="stack">
      <h2>{t(title)} ({items.length})</h2>
      <p class="strong" role="status">{said}</p>
      {items.length === 0 && <p class="quiet">{t("review.none")}</p>}
      {items.length > 0 && (
        <ul class="cards" {...still}>
          {items.map((item) => (
            <li key={item.id} class="card">
              {item.what}
              {item.maySettle ? <Ways kept={kept} item={item} onSaid={setSaid} /> : <p class="quiet">{t("review.someoneElse")}</p>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Ways({ kept, item: { id, action, whose }, onSaid }: { kept: KeptName; item: Item; onSaid: (text: string) => void }) {
  const [reason, setReason] = useState("");
  const [asking, setAsking] = useState<Settling["action"] | null>(null);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [problem, setProblem] = useState("");
  const field = `reason-${id}`;
  const which = <span class="hidden">: {whose}</span>;
  const away = t(kept === "late" ? "review.leave_out" : "review.discard");

  const settle = async (asked: Settling) => {
    onSaid("");
    setProblem("");
    const { text, isSettled } = await settleKept(kept, id, asked);
    if (isSettled) onSaid(text);
    else setProblem(text);
  };
  const decide = async (asked: Settling["action"]) => {
    const wrong = hasPersonalNumber(reason) ? [personalNumberError(field)] : reason.trim() ? [] : [{ id: field, text: t("review.reasonMissing") }];
    setErrors(wrong);
    if (wrong.length > 0) return document.getElementById(field)?.focus();
    await settle({ action: asked, reason: reason.trim() });
  };
  if (asking)
    return (
      <>
        {problem && <p class="error" role="alert">{problem}</p>}
        <FreeText id={field} label={t("review.reason")} hint={t("review.reasonHint")} value={reason} onInput={setReason} errors={errors} />
        <div class="pair">
          <button type="button" class="secondary" onClick={() => setAsking(null)}>{t("frame.cancel")}{which}</button>
          <Working class="secondary" run={() => decide(asking)}>{asking === "discard" ? away : t(`review.${asking}`)}{which}</Working>
        </div>
      </>
    );
  return (
    <>
      {problem && <p class="error" role="alert">{problem}</p>}
      <div class="pair">
        {action === "replay" && <Working class="secondary" run={() => settle({ action, reason: "" })}>{t("review.replay")}{which}</Working>}
        {action === "take_in" && <button type="button" class="secondary" onClick={() => setAsking(action)}>{t("review.take_in")}{which}</button>}
        <button type="button" class="secondary" onClick={() => setAsking("discard")}>{away}{which}</button>
      </div>
    </>
  );
}
