/** A group of what waits for a leader: what it is called, how much of it there is, and the things themselves. */
import type { ComponentChildren } from "preact";
import { t, type Key } from "../../i18n";

interface Props {
  title: Key;
  /** How many there are. */
  n: number;
  /** How many of them are shown here, where that is not all: the office has the others. */
  shown?: number;
  hint?: Key;
  look?: "cards" | "rows";
  children: ComponentChildren;
}

export function List({ title, n, shown = n, hint, look = "cards", children }: Props) {
  return (
    <section class="stack">
      <h2>{t(title)} ({n})</h2>
      {n === 0 ? <p class="quiet">{t("review.none")}</p> : hint && <p class="quiet">{t(hint)}</p>}
      {shown > 0 && <ul class={look}>{children}</ul>}
      {n > shown && <p class="quiet">{t("review.moreAtTheDesk", { n: n - shown })}</p>}
    </section>
  );
}
