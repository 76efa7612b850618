/** What the team's pass before left: its note, and before the pass has begun what it will take over. */
import { handover } from "../../domain/handover";
import { t } from "../../i18n";
import { records } from "../state";

export function TakenOver({ teamId, before, items: shown }: { teamId: string; before: string; items?: boolean }) {
  const { note, items } = handover(records().all("shifts").map(({ fields }) => fields), teamId, before);
  const listed = shown ? items : [];
  if (!note && listed.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("handover.title")}</h2>
      {note && <p class="said">{note}</p>}
      {listed.length > 0 && <ul class="listed">{listed.map((item) => <li key={item.id}>{item.text}</li>)}</ul>}
    </section>
  );
}
