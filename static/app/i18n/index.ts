/**
 * Words in the person's language. Swedish is the source and always loaded; English comes when chosen.
 * A key missing in either file is a type error (U10).
 */
import { signal } from "@preact/signals";
import { sv } from "./sv";

export type Key = keyof typeof sv;
export type Catalogue = Record<Key, string>;
export type Language = "sv" | "en";

export const language = signal<Language>("sv");
const words = signal<Catalogue>(sv);

export async function useLanguage(next: Language): Promise<void> {
  words.value = next === "en" ? (await import("./en")).en : sv;
  language.value = next;
  document.documentElement.lang = next;
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
