/** Says to a screen reader, and to `attempt`, how an action went. */
import { signal } from "@preact/signals";
import { t, type Key } from "../i18n";

export const said = signal("");
/** What stopped the last action, in words; null when nothing did. */
export const problem = signal<Key | null>(null);

export function announce(key: Key): void {
  say(t(key));
}

/** CL1: the word is said only after the strict transaction has completed. */
export function announceSaved(key: Key): void {
  say(`${t(key)}. ${t("tick.saved")}.`);
}

function say(words: string): void {
  // The same words twice are only read out when the text has changed in between.
  said.value = "";
  queueMicrotask(() => (said.value = words));
}

const KNOWN: Record<string, Key> = {
  personal_number: "problem.personalNumber",
  store_full: "problem.storeFull",
  store_outdated: "problem.storeOutdated",
  has_children: "problem.hasChildren",
  not_signed_in: "problem.notSignedIn",
  not_found: "problem.notFound",
  rejection_not_arrived: "problem.notArrived",
  rejection_only_here: "problem.onlyHere",
  seal_missing: "problem.sealMissing",
};

/** Raised by an action that does not run, with the words that say why. */
export class NotNow extends Error {
  constructor(readonly words: Key) {
    super(words);
  }
}

/** The words for an error of a command: its slug decides (domain/errors). */
export function problemOf(error: unknown): Key {
  if (error instanceof NotNow) return error.words;
  const slug = typeof error === "object" && error !== null && "slug" in error ? String(error.slug) : "";
  return KNOWN[slug] ?? "problem.storage";
}

/** Runs an action; what goes wrong is shown, and the form behind it keeps its contents (C05). */
export async function attempt(run: () => Promise<void>): Promise<boolean> {
  problem.value = null;
  try {
    await run();
    return true;
  } catch (error) {
    problem.value = problemOf(error);
    return false;
  }
}
