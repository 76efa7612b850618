/**
 * The short code of a pass: six digits that follow from its id alone, so that whoever began it can read them out
 * without coverage. The server's is `outreach.rules.join_code`; both are held to `tests/fixtures/join_codes.json`.
 */
const CODES = 1_000_000;

export const joinCode = (shiftId: string): string => String(Number.parseInt(shiftId.slice(-12), 16) % CODES).padStart(6, "0");

/** As it is shown and read out: 482 913. */
export const inThrees = (code: string): string => `${code.slice(0, 3)}\u00a0${code.slice(3)}`;

/** The six digits somebody typed, with or without blanks; null where it is no code. */
export function typedCode(typed: string): string | null {
  const digits = typed.replace(/\s/g, "");
  return /^\d{6}$/.test(digits) ? digits : null;
}
