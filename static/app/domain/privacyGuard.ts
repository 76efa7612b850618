/**
 * Warns, and only warns, when free text looks as if it were about one person: phone numbers, e-mail,
 * registration plates, names. What is refused outright is in personalNumber.ts. Keeps nothing.
 */

type PrivacyWarning = "phone" | "email" | "plate" | "name";

const PHONE = /(?<![\d.,:])(?:\+46|0046|0)[\s-]*(?:\(0\)[\s-]*)?[1-9](?:[\s\-/]?\d){5,10}(?!\d)/u;
const EMAIL = /[^\s@<>]+@[^\s@<>]+\.\p{L}{2,}/u;
// Three letters (never I, Q, V, Å, Ä, Ö), two digits, a digit or a letter; in lower case with a blank only where it ends in a letter.
const PLATE = /(?<![\p{L}\d])(?:[A-HJ-PR-UWXYZ]{3} ?\d{2}[A-HJ-NPR-UWXYZ\d]|[a-hj-pr-uwxyz]{3}\d{2}[a-hj-npr-uwxyz\d]|[a-hj-pr-uwxyz]{3} \d{2}[a-hj-npr-uwxyz])(?![\p{L}\d])/u;
const INTRODUCED = /(?<!\p{L})(?:heter|kallas|kallad|vid namn|namnet|named|called)\s+\p{Lu}\p{Ll}+/u;
// A word that merely begins a sentence before a place is no first name.
const OPENERS = "Vid|Vi|På|Utanför|Nära|Mot|Mellan|Från|Till|Efter|Före|Under|Samtal|Besök|Kring|Runt|Inne|Ute|At|Near|From|Outside";
const TWO_NAMES = new RegExp(String.raw`(?<!\p{L})(?!(?:${OPENERS})\s)\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?\s+\p{Lu}\p{Ll}+(?!\p{L})`, "u");

/** Return what the text should be looked over for; names of known places are no warning. */
export function privacyWarnings(text: string, knownPlaces: readonly string[] = []): PrivacyWarning[] {
  const plain = text.normalize("NFKC").replace(/\p{Cf}/gu, "");
  const withoutPlaces = knownPlaces.reduce((rest, place) => (place ? rest.replaceAll(place, "·") : rest), plain);
  const found: PrivacyWarning[] = [];
  if (PHONE.test(plain)) found.push("phone");
  if (EMAIL.test(plain)) found.push("email");
  if (PLATE.test(plain)) found.push("plate");
  if (INTRODUCED.test(plain) || TWO_NAMES.test(withoutPlaces)) found.push("name");
  return found;
}
