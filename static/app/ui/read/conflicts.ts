/** Conflicts as a person decides on them: which values stand against each other, and what a choice sends. Pure. */
import type { Conflict, Resolution } from "../../domain/records";
import type { Projection, Session } from "../../ports";
import type { Row } from "./shifts";
import { fieldName, grouped, inWords, isFreeText } from "./values";
import { t } from "../../i18n";

export interface Question {
  /** The fields chosen together; the first is the question's id. */
  fields: readonly string[];
  name: string;
  server: string;
  sent: string;
  /** One text that may also be written anew. */
  isText: boolean;
}

export type Answer = { choice: "server" } | { choice: "sent" } | { choice: "other"; value: string };

export const openConflicts = (all: Projection): Row<"conflicts">[] => all.all("conflicts").filter(({ fields }) => fields.state === "open");

export const conflictOf = (all: Projection, collection: string, id: string): Row<"conflicts"> | undefined =>
  openConflicts(all).find(({ fields }) => fields.collection === collection && fields.record_id === id);

/** A side that was a removal is about the whole record: it is kept or it goes. */
export const isAboutRemoval = ({ server, sent }: Conflict): boolean => server.deleted === true || sent.deleted === true;

export function questionsOf(all: Projection, session: Session | null, conflict: Conflict): Question[] {
  const { server, sent } = conflict;
  if (isAboutRemoval(conflict)) {
    const of = (side: Conflict["server"]): string => (side.deleted === true ? t("conflict.deleted") : inEveryWord(all, session, side));
    return [{ fields: Object.keys(sent), name: t("conflict.whole"), server: of(server), sent: of(sent), isText: false }];
  }
  return grouped(Object.keys(sent)).map((fields) => ({
    fields,
    name: fieldName(fields[0] ?? ""),
    server: inWords(all, session, fields, server),
    sent: inWords(all, session, fields, sent),
    isText: fields.length === 1 && isFreeText(fields[0] ?? ""),
  }));
}

/** Every field that says something, a line each. */
export function inEveryWord(all: Projection, session: Session | null, values: Conflict["server"]): string {
  const hidden = new Set(["deleted", "shift_id", "visit_id", "team_id", "district", "plan_id"]);
  const said = Object.entries(values).filter(([field, value]) => !hidden.has(field) && value !== null && value !== "" && value !== false);
  const full = said.filter(([, value]) => !(typeof value === "object" && Object.keys(value as object).length === 0));
  return grouped(full.map(([field]) => field)).map((fields) => `${fieldName(fields[0] ?? "").replace(/\?$/, "")}: ${inWords(all, session, fields, values)}`).join("\n");
}

export function resolutionOf(questions: readonly Question[], answers: Readonly<Record<string, Answer>>): Resolution {
  return Object.fromEntries(questions.flatMap(({ fields }) => {
    const answer = answers[fields[0] ?? ""];
    return answer ? fields.map((field) => [field, answer]) : [];
  }));
}
