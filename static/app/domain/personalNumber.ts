/**
 * PU13: finds valid Swedish personnummer and samordningsnummer in any text, whatever their spelling.
 * The server has the last word; here the text is stopped before it is written anywhere.
 * Check digit: SKV 704 (Luhn over the ten digits); samordningsnummer: day + 60, SKV 707.
 */

/** Blanks, dots, strokes and dashes of any kind; `+` stands for a hundred years and more. */
const GAP = String.raw`[\s.·•∙/_+\p{Pd}\u2212\u02d7]{0,3}`;
// Within the last four only a blank: "2026-11-23 21.43" is a date and a time.
const REST = String.raw`(\d\d)${GAP}(\d\d)${GAP}(\d\d)${GAP}(\d\d\s?\d\d)(?!\d)`;
// With a century and without, apart: both may begin at one digit, "811218-9876 22" is no year 8112.
const CANDIDATES = [String.raw`(?<!\d)(\d\d)${REST}`, String.raw`(?<!\d)()${REST}`].map((source) => new RegExp(source, "gu"));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ISO_TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

const OLDEST = 1840; // as the server

/** Tell whether the text holds a valid number. */
export function hasPersonalNumber(text: string): boolean {
  if (UUID.test(text) || ISO_TIME.test(text)) return false;
  const plain = text.normalize("NFKC").replace(/\p{Cf}|\p{Me}|\p{Mn}/gu, "").replace(/\p{Nd}/gu, asciiDigit);
  return CANDIDATES.some((candidate) => holdsOne(candidate, plain));
}

function holdsOne(candidate: RegExp, plain: string): boolean {
  candidate.lastIndex = 0;
  for (let match = candidate.exec(plain); match; match = candidate.exec(plain)) {
    const [, century, year, month, day, last] = match;
    if (isDate(century, year!, month!, day!) && passesLuhn(year! + month! + day! + last!.replace(/\s/, ""))) return true;
    // A number may begin inside what only looked like one.
    candidate.lastIndex = match.index + 1;
  }
  return false;
}

/** Return the paths of all strings in a value that hold a number; keys of objects count as text too. */
export function personalNumberPaths(value: unknown, path = ""): string[] {
  if (typeof value === "string") return hasPersonalNumber(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path ? `${path}.${key}` : key;
    return hasPersonalNumber(key) ? [path] : personalNumberPaths(inner, here);
  });
}

/** Digits of every script come in runs of ten that start at zero. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0)!;
  if (code < 128) return digit;
  let zero = code;
  while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(code - zero);
}

function isDate(century: string | undefined, year: string, month: string, day: string): boolean {
  const dayOfMonth = Number(day) > 60 ? Number(day) - 60 : Number(day);
  return (century ? [century] : ["18", "19", "20"]).some((prefix) => {
    const date = new Date(Date.UTC(Number(prefix + year), Number(month) - 1, dayOfMonth));
    return date.getUTCFullYear() >= OLDEST && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === dayOfMonth;
  });
}

function passesLuhn(tenDigits: string): boolean {
  let sum = 0;
  for (let at = 0; at < 10; at++) {
    const product = Number(tenDigits[at]) * (at % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}
