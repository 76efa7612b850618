/** A form that keeps itself: what is typed is a draft within a third of a second, and back after a restart (C01). */
import { useEffect, useRef, useState } from "preact/hooks";
import { personalNumberPaths } from "../domain/personalNumber";
import { commands } from "./state";

const SAVE_AFTER_MS = 300;

/** What the forms about a pass and its lines are kept under. */
export const DRAFTS = {
  check: (shiftId: string) => `check:${shiftId}`,
  facts: (shiftId: string) => `shift:${shiftId}`,
  lateVisit: (shiftId: string, siteId: string) => `visit:new:${shiftId}:${siteId}`,
  visit: (id: string) => `visit:${id}`,
  observation: (id: string) => `observation:${id}`,
  newObservation: (visitId: string) => `observation:new:${visitId}`,
};

export interface Autosaved<T> {
  value: T;
  set: (change: Partial<T>) => void;
  /** False until the earlier draft, if any, has been read. */
  ready: boolean;
  /** True when an earlier draft was found. */
  restored: boolean;
  /** After the form's contents have become records. */
  drop: () => Promise<void>;
}

export function useDraft<T extends object>(key: string, initial: () => T): Autosaved<T> {
  const [value, setValue] = useState<T>(initial);
  const [ready, setReady] = useState(false);
  const [restored, setRestored] = useState(false);
  const unsaved = useRef<T | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const stopTimer = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
  };
  const flush = () => {
    stopTimer();
    if (!unsaved.current) return;
    // PU13: a personal number is not written anywhere, not even as a draft; the form says so meanwhile.
    if (personalNumberPaths(unsaved.current).length > 0) return;
    // Should the phone be full the form still holds its contents; saving says so.
    void commands().saveDraft(key, unsaved.current).catch(() => undefined);
    unsaved.current = null;
  };

  useEffect(() => {
    let current = true;
    const read = async () => {
      const draft = await commands().readDraft(key).catch(() => undefined);
      if (!current) return;
      if (draft && typeof draft.value === "object") {
        setValue((fresh) => ({ ...fresh, ...(draft.value as T) }));
        setRestored(true);
      }
      setReady(true);
    };
    void read();
    addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      current = false;
      flush();
      removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
    };
  }, [key]);

  return {
    value,
    ready,
    restored,
    set(change) {
      setValue((old) => {
        const next = { ...old, ...change };
        unsaved.current = next;
        return next;
      });
      // Not put off by the next key: who types without a pause is saved meanwhile (C01).
      timer.current ??= setTimeout(flush, SAVE_AFTER_MS);
    },
    async drop() {
      stopTimer();
      unsaved.current = null;
      // The records are kept; a draft that could not be dropped only comes up once more.
      await commands().dropDraft(key).catch(() => undefined);
    },
  };
}
