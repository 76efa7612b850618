/**
 * Undo (U04): every action leaves the steps that take it back. A bar offers the newest for a while,
 * Passet offers it all shift, also after a restart, because the steps are kept as a draft.
 */
import { signal } from "@preact/signals";
import { RecordMissing } from "../domain/errors";
import type { CollectionName, Collections } from "../domain/records";
import type { Key } from "../i18n";
import type { Changes } from "../ports";
import { announce, NotNow } from "./announce";
import { app, commands, userId } from "./state";

type Values = Record<string, unknown>;

export type Step =
  | { do: "remove"; collection: CollectionName; id: string }
  /** `seen`: the version the earlier values stood in; steps that an older build kept have none. */
  | { do: "update"; collection: CollectionName; id: string; fields: Values; seen?: number }
  /** Off the pass whom the action added, on it again whom it took off; whoever came since stays. */
  | { do: "people"; id: string; added: string[]; removed: string[] }
  /** A deleted record can't come back under its id (PU8): it is written anew, its children with it. */
  | { do: "create"; collection: CollectionName; fields: Values; children: { collection: CollectionName; link: string; fields: Values }[] }
  /** Makes a refusal one's own again, after it was removed or handed over. */
  | { do: "undiscard"; id: string };

export interface Action {
  label: Key;
  steps: Step[];
}

export const BAR_MS = 12_000;
const KEPT = 50;
const DRAFT = "undo";

export const actions = signal<Action[]>([]);
export const barShown = signal(false);
let running: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Loads what could be undone before the app was closed. */
export async function restoreUndo(): Promise<void> {
  const draft = await commands().readDraft(DRAFT);
  actions.value = Array.isArray(draft?.value) ? (draft.value as Action[]) : [];
}

export function remember(label: Key, steps: Step[]): void {
  keep([...actions.value, { label, steps }].slice(-KEPT));
  barShown.value = true;
  clearTimeout(timer);
  timer = setTimeout(() => (barShown.value = false), BAR_MS);
}

/** What is sent in is no longer this phone's to take back. */
export function forgetAll(): void {
  barShown.value = false;
  keep([]);
}

/** Another user of the phone sees nothing of it; the kept list stays with its owner. */
export function closeUndo(): void {
  barShown.value = false;
  actions.value = [];
}

export const newest = (): Action | undefined => actions.value.at(-1);

/** A second tap within this time was meant for the action that the first one took back, not for the one before it. */
const SECOND_TAP_MS = 600;
let spared: { action: Action | undefined; until: number } | undefined;

/** Takes back the newest action, once however often it is tapped. */
export function undoNewest(): Promise<void> {
  if (spared && newest() === spared.action && performance.now() < spared.until) return Promise.resolve();
  return (running ??= takeBack().finally(() => (running = undefined)));
}

/** Its steps run in reverse order; all of them, and that it is taken back, or nothing. */
async function takeBack(): Promise<void> {
  const action = newest();
  if (!action) return;
  const rest = actions.value.slice(0, -1);
  try {
    for (const step of action.steps) if (step.do === "undiscard") await commands().takeBack(step.id);
    await commands().together((changes) => {
      for (const step of [...action.steps].reverse()) put(changes, step);
      changes.keep(DRAFT, rest);
    });
  } catch (error) {
    // What is gone can't be taken back, and must not stand in the way of what can.
    if (error instanceof RecordMissing || error instanceof NotNow) keep(rest);
    throw error;
  }
  actions.value = rest;
  spared = { action: newest(), until: performance.now() + SECOND_TAP_MS };
  barShown.value = false;
  announce("undo.done");
}

function put(changes: Changes, step: Step): void {
  if (step.do === "remove") {
    if (isWrittenOn(step.id)) throw new NotNow("undo.writtenOn");
    // As it was made: what somebody else has said of it since meets the removal (PU9).
    changes.remove(step.collection, step.id, 0);
  }
  if (step.do === "update") changes.update(step.collection, step.id, step.fields as Partial<Collections[CollectionName]>, step.seen);
  else if (step.do === "people") changes.update("shifts", step.id, { participant_ids: peopleWithout(step) });
  else if (step.do === "create") {
    const id = changes.create(step.collection, step.fields as Partial<Collections[CollectionName]>);
    for (const child of step.children)
      changes.create(child.collection, { ...child.fields, [child.link]: id } as Partial<Collections[CollectionName]>);
  }
}

/** Whether a colleague has noted something there, which would go with it. */
const isWrittenOn = (id: string): boolean =>
  app().projection().all("observations").some(({ fields }) => fields.visit_id === id && fields.created_by !== undefined && fields.created_by !== userId());

function peopleWithout({ id, added, removed }: Extract<Step, { do: "people" }>): string[] {
  const now = app().projection().get("shifts", id)?.fields.participant_ids ?? [];
  return [...new Set([...now.filter((one) => !added.includes(one)), ...removed])];
}

function keep(next: Action[]): void {
  actions.value = next;
  // Losing the list of what could be undone must never stop an action.
  void commands().saveDraft(DRAFT, next).catch(() => undefined);
}
