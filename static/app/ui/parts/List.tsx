/** A group of what waits for a leader: what it is called, how much of it there is, and the things themselves. */
import type { ComponentChildren } from "preact";
import { t, type Key } from "../../i18n";

export function List({ title, n, hint, look = "cards", children }: { title: Key; n: number; hint?: Key; look?: "cards" | "rows"; children: ComponentChildren }) {
  return (
    <section class="stack">
      <h2>{t(title)} ({n})</h2>
      {n === 0 ? <p class="quiet">{t("review.none")}</p> : hint && <p class="quiet">{t(hint)}</p>}
      <ul class={look}>{children}</ul>
    </section>
  );
}
