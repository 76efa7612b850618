/**
 * Words in the person's language. Swedish is the source: those of the first screens are always loaded, the rest with
 * the screen that needs them. English comes when chosen. A key missing in either language is a type error (U10).
 */
import { signal } from "@preact/signals";
import { sv } from "./sv";
import type { svLater } from "./svLater";

export type Key = keyof typeof sv | keyof typeof svLater;
export type Catalogue = Record<Key, string>;
export type Language = "sv" | "en";

export const language = signal<Language>("sv");
let swedish: Catalogue = sv as Partial<Catalogue> as Catalogue;
const words = signal(swedish);

export async function useLanguage(next: Language): Promise<void> {
  words.value = next === "en" ? (await import("./en")).en : swedish;
  language.value = next;
  document.documentElement.lang = next;
}

/** Loads the words of the screens that are loaded when first opened. */
export async function laterWords(): Promise<void> {
  if (swedish !== sv) return;
  const { svLater } = await import("./svLater");
  swedish = { ...sv, ...svLater };
  if (language.value === "sv") words.value = swedish;
}

/** The words for a key, with `{name}` filled in. */
export function t(key: Key, values?: Record<string, string | number>): string {
  const text = words.value[key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

type Counted<K = Key> = K extends `${infer Stem}.one` ? Stem : never;

/** The singular or plural of a counted phrase; `{n}` is the number. */
export function count(stem: Counted, n: number, values?: Record<string, string | number>): string {
  return t(n === 1 ? `${stem}.one` : (`${stem}.other` as Key), { n, ...values });
}

type Coded<Family extends string, K = Key> = K extends `${Family}.${infer Code}` ? Code : never;

/** The words for a protocol code; a code this build does not know is shown as it is, never hidden. */
export function coded<Family extends string>(family: Family, code: Coded<Family> | (string & {})): string {
  return words.value[`${family}.${code}` as Key] ?? code;
}

export const locale = (): string => (language.value === "en" ? "en-GB" : "sv-SE");
