/** What a form that corrects a refusal begins with, and what it sends. Pure. */
import type { Collections } from "../../domain/records";
import type { Fields, Projection } from "../../ports";
import type { Row } from "./shifts";

type Correctable = "shifts" | "visits" | "observations" | "walks" | "briefings";

/** A refused change is not in the record: the form shows it on top, so that it can be put right. */
export function withRefused<C extends Correctable>(records: Projection, row: Row<C>): Collections[C] {
  const refused = row.rejectionId ? records.get("rejections", row.rejectionId)?.fields : undefined;
  return refused?.op === "update" ? { ...row.fields, ...refused.fields } : row.fields;
}

/** Of a whole form only what was refused or has been changed in it; a refused create goes whole. */
export function correction<C extends Correctable>(records: Projection, row: Row<C>, form: Partial<Collections[C]>): Fields {
  const refused = row.rejectionId ? records.get("rejections", row.rejectionId)?.fields : undefined;
  if (refused?.op !== "update") return { ...form };
  const old: Fields = { ...row.fields };
  return Object.fromEntries(
    Object.entries(form).filter(([key, value]) => key in refused.fields || JSON.stringify(value) !== JSON.stringify(old[key])),
  );
}
