/** *Lägg till besök*: the times and outcome of a visit that is written in afterwards. */
import { useState } from "preact/hooks";
import { NOT_VISITED_REASONS, OUTCOMES, TOGETHER_WITH, type Visit } from "../../domain/records";
import { t } from "../../i18n";
import { addVisit } from "../actions";
import { DRAFTS, useDraft } from "../draft";
import { Chips } from "../parts/Chips";
import { ErrorSummary, Input, Toggle, type FieldError } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { placeName, type Where } from "../read/places";
import type { Row } from "../read/shifts";
import { outsidePass, spanOf, typedArrival, typedLeaving } from "../read/typedTimes";
import { replace, route } from "../router";
import { now, records } from "../state";

export function LateVisit({ shift }: { shift: Row<"shifts"> }) {
  const where = whereInAddress();
  if (!where) return replace(`/app/pass/${shift.id}`), null;
  return <Form shift={shift} where={where} />;
}

interface Late {
  arrived: string;
  left: string;
  roughly: boolean;
  outcome: Visit["outcome"] | null;
  reason: Visit["not_visited_reason"];
  together_with: (typeof TOGETHER_WITH)[number][];
}

function Form({ shift, where }: { shift: Row<"shifts">; where: Where }) {
  const [errors, setErrors] = useState<FieldError[]>([]);
  const draft = useDraft<Late>(DRAFTS.lateVisit(shift.id, where.site_id ?? ""), () => (
    { arrived: "", left: "", roughly: false, outcome: null, reason: null, together_with: [] }
  ));
  if (!draft.ready) return null;
  const { arrived, left, roughly, outcome, reason, together_with } = draft.value;
  const home = `/app/pass/${shift.id}`;
  const missed = outcome === "not_visited";

  const save = async () => {
    const wrong: FieldError[] = [];
    const pass = spanOf(shift.fields, now());
    const at = arrived && typedArrival(arrived, pass);
    const until = left && !missed && at ? typedLeaving(left, at) : null;
    if (!at) wrong.push({ id: "arrived", text: t("visit.timeMissing") });
    for (const [id, time] of [["arrived", at], ["left", until]] as const) {
      const outside = time && outsidePass(time, pass);
      if (outside) wrong.push({ id, text: outside });
    }
    if (!outcome) wrong.push({ id: "outcome", text: t("visit.outcomeMissing") });
    if (missed && !reason) wrong.push({ id: "reason", text: t("notVisited.missing") });
    setErrors(wrong);
    if (wrong.length > 0 || !outcome || !at) return;
    const kept = await addVisit({
      ...where, shift_id: shift.id, arrived_at: at, left_at: until || null, outcome,
      time_precision: roughly ? "band" : "exact", together_with, not_visited_reason: missed ? reason : null,
    });
    if (!kept) return;
    await draft.drop();
    replace(home);
  };

  return (
    <Screen title={t("visit.addAfterwards")} detail={placeName(records(), where)} backTo={home} action={<Working run={save}>{t("frame.save")}</Working>}>
      <ErrorSummary errors={errors} />
      {draft.restored && <p class="quiet" role="status">{t("draft.restored")}</p>}
      <div class="pair">
        <Input id="arrived" type="time" label={t("visit.arrived")} value={arrived} onInput={(arrived) => draft.set({ arrived })} errors={errors} />
        {!missed && <Input id="left" type="time" label={t("visit.left")} value={left} onInput={(left) => draft.set({ left })} errors={errors} />}
      </div>
      <Toggle label={t("visit.roughly")} checked={roughly} onChange={(roughly) => draft.set({ roughly })} />
      <div id="outcome" tabIndex={-1}>
        <Chips legend={t("visit.outcome")} family="outcome" codes={OUTCOMES} single chosen={outcome ? [outcome] : []} onChange={([outcome = null]) => draft.set({ outcome })} />
      </div>
      {missed && (
        <div id="reason" tabIndex={-1}>
          <Chips legend={t("notVisited.why")} family="notVisited" codes={NOT_VISITED_REASONS} single chosen={reason ? [reason] : []} onChange={([reason = null]) => draft.set({ reason })} />
        </div>
      )}
      {!missed && <Chips legend={t("observation.together")} family="together" codes={TOGETHER_WITH} chosen={together_with} onChange={(together_with) => draft.set({ together_with })} />}
    </Screen>
  );
}

/** The place picked on the screen before. */
function whereInAddress(): Where | null {
  try {
    const where: unknown = JSON.parse(route.value.query.get("plats") ?? "null");
    return typeof where === "object" && where !== null && "arena" in where ? (where as Where) : null;
  } catch {
    return null;
  }
}
