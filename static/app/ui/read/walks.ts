/** Night walks as the phone shows them: which are coming, which have been, who may write them, what is wrong with a log. Pure. */
import type { Walk } from "../../domain/records";
import { t } from "../../i18n";
import type { Projection, Session } from "../../ports";
import type { FieldError } from "../parts/Field";
import type { Row } from "./shifts";

const WRITERS = ["team_lead", "walk_coordinator"];
export const FEWEST = 2;
export const ADVISED = 3;

/** access.md: a lead and a coordinator write in their district, or everywhere. */
export const mayWrite = ({ grants }: Session, { fields }: Row<"walks">): boolean =>
  grants.some(({ role, district }) => WRITERS.includes(role) && (district === null || district === fields.district));

/** Walks that have not ended, the next first, and those behind, the last first. */
export function walksAround(records: Projection, now: string): { ahead: Row<"walks">[]; behind: Row<"walks">[] } {
  const all = [...records.all("walks")].sort((a, b) => Date.parse(a.fields.planned_start) - Date.parse(b.fields.planned_start));
  const isOver = ({ fields }: Row<"walks">): boolean => Date.parse(fields.planned_end) < Date.parse(now);
  return { ahead: all.filter((walk) => !isOver(walk)), behind: all.filter(isOver).reverse() };
}

/** Where to: the public labels of the places, nothing else of them. */
export const placesOf = (records: Projection, { fields }: Row<"walks">): string[] =>
  fields.site_ids.flatMap((id) => records.get("sites", id)?.fields.public_label ?? []);

export const walkFaults = ({ status, planned_walkers }: Pick<Walk, "status" | "planned_walkers">): FieldError[] =>
  status === "ready" && planned_walkers < FEWEST ? [{ id: "status", text: t("walk.readyNeedsTwo") }] : [];

/** Two are needed, three are better, more than five could be two groups; the office says the same (walks/rules.py). */
export function advice(walkers: number): string | null {
  if (walkers > 0 && walkers < ADVISED) return t("walk.fewAdvice");
  return walkers > 5 ? t("walk.manyAdvice") : null;
}
