/** What the team's pass before left: its note, and before the pass has begun what it will take over. */
import { handover, type OpenItem } from "../../domain/handover";
import { t } from "../../i18n";
import { records } from "../state";

interface Props {
  teamId: string;
  before: string;
  /** Given where the items are listed: an item in words. */
  inWords?: (item: OpenItem) => string;
}

export function TakenOver({ teamId, before, inWords }: Props) {
  const { note, items } = handover(records().all("shifts").map(({ fields }) => fields), teamId, before);
  const listed = inWords ? items.map((item) => ({ id: item.id, words: inWords(item) })) : [];
  if (!note && listed.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("handover.title")}</h2>
      {note && <p class="said">{note}</p>}
      {listed.length > 0 && <ul class="listed">{listed.map(({ id, words }) => <li key={id}>{words}</li>)}</ul>}
    </section>
  );
}
