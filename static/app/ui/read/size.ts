/** Bytes as people read them. Pure. */
import { locale } from "../../i18n";

const UNITS = ["kB", "MB", "GB"] as const;

/** "1,2 MB", in steps of a thousand. */
export function sizeOf(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3) - 1));
  const n = bytes / 1000 ** (step + 1);
  return `${n.toLocaleString(locale(), { maximumFractionDigits: n < 10 ? 1 : 0 })} ${UNITS[step]}`;
}
