/** What the person has chosen for this phone: theme and language. Not personal, so it lies in localStorage. */
import { signal } from "@preact/signals";
import { useLanguage, type Language } from "../i18n";

export type Theme = "auto" | "light" | "night";

export const theme = signal<Theme>("auto");

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked storage: the choice then lasts as long as the page.
  }
}

/** Reads both choices; resolves when the words are there. */
export async function restoreChoices(): Promise<void> {
  const chosen = kept("theme");
  if (chosen === "light" || chosen === "night") chooseTheme(chosen);
  if (kept("language") === "en") await useLanguage("en").catch(() => undefined);
}

export function chooseTheme(next: Theme): void {
  theme.value = next;
  keep("theme", next);
  const root = document.documentElement;
  if (next === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = next;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const night = next === "night" || (next === "auto" && meta.media.includes("dark"));
    meta.content = night ? "#0d1113" : "#ffffff";
  }
}

export async function chooseLanguage(next: Language): Promise<void> {
  await useLanguage(next);
  keep("language", next);
}
