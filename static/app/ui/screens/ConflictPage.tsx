/** *Ändrat på två håll* (PU5): both values side by side, whose they are and when, and one choice for each. */
import { useState } from "preact/hooks";
import { hasPersonalNumber } from "../../domain/personalNumber";
import type { Conflict } from "../../domain/records";
import { t } from "../../i18n";
import { resolveConflict } from "../actions";
import { ErrorSummary, type FieldError } from "../parts/Field";
import { FreeText, personalNumberError } from "../parts/FreeText";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { isAboutRemoval, questionsOf, resolutionOf, type Answer, type Question } from "../read/conflicts";
import { personName } from "../read/names";
import { isLongText, kindName, moment, whereAndWhen } from "../read/values";
import { back } from "../router";
import { records, session, userId } from "../state";

const HOME = "/app/mer/synk";

export function ConflictPage({ id }: { id: string }) {
  const conflict = records().get("conflicts", id)?.fields;
  if (!conflict || conflict.state !== "open")
    return <Screen title={t("sync.conflicts")} backTo={HOME}><p role="status">{t("conflict.resolved")}</p></Screen>;
  return <Choose key={id} id={id} conflict={conflict} />;
}

function Choose({ id, conflict }: { id: string; conflict: Conflict }) {
  const [answers, setAnswers] = useState<Record<string, Answer>>({});
  const [errors, setErrors] = useState<FieldError[]>([]);
  const all = records();
  const questions = questionsOf(all, session(), conflict);
  const keyOf = ({ fields }: Question): string => fields[0] ?? "";

  const save = async () => {
    const wrong = questions.flatMap((question): FieldError[] => {
      const answer = answers[keyOf(question)];
      if (!answer) return [{ id: keyOf(question), text: t("conflict.missing", { field: question.name.replace(/\?$/, "") }) }];
      return answer.choice === "other" && hasPersonalNumber(answer.value) ? [personalNumberError(`${keyOf(question)}-other`)] : [];
    });
    setErrors(wrong);
    if (wrong.length === 0 && (await resolveConflict(id, resolutionOf(questions, answers)))) back(HOME);
  };

  const detail = [kindName(conflict.collection), whereAndWhen(all, conflict.collection, conflict.record_id) || moment(conflict.made_at)].filter(Boolean).join(" · ");
  return (
    <Screen title={t("sync.conflicts")} detail={detail} backTo={HOME} action={<Working run={save}>{t("conflict.save")}</Working>}>
      <p>{t(isAboutRemoval(conflict) ? "conflict.introDeleted" : "conflict.intro")}</p>
      <ErrorSummary errors={errors} />
      {questions.map((question) => (
        <Sides key={keyOf(question)} conflict={conflict} question={question} answer={answers[keyOf(question)]} errors={errors}
          onAnswer={(answer) => setAnswers((old) => ({ ...old, [keyOf(question)]: answer }))} />
      ))}
    </Screen>
  );
}

interface SidesProps {
  conflict: Conflict;
  question: Question;
  answer: Answer | undefined;
  errors: readonly FieldError[];
  onAnswer: (answer: Answer) => void;
}

function Sides({ conflict, question, answer, errors, onAnswer }: SidesProps) {
  const all = records();
  const [field = ""] = question.fields;
  const isMine = conflict.author_id === userId();
  const who = (person: string | null): string => (person === null ? t("conflict.byServer") : person === userId() ? t("conflict.you") : personName(all, session(), person));
  const sides = [
    { choice: "server", name: t("conflict.saved"), verb: t("conflict.keep"), words: question.server, by: who(conflict.server_by), at: conflict.server_at },
    { choice: "sent", name: t(isMine ? "conflict.mine" : "conflict.theirs"), verb: t(isMine ? "conflict.useMine" : "conflict.useTheirs"), words: question.sent, by: who(conflict.author_id), at: conflict.made_at },
  ] as const;
  const error = errors.find(({ id }) => id === field);
  return (
    <fieldset class="sides" id={field} tabIndex={-1}>
      <legend>{question.name}</legend>
      {error && <p class="error">{error.text}</p>}
      {sides.map(({ choice, name, verb, words, by, at }) => (
        <button key={choice} type="button" class="side" aria-pressed={answer?.choice === choice} onClick={() => onAnswer({ choice })}>
          <span class="small">{name}</span>
          <span class="value">{words}</span>
          <span class="small">{by} · {moment(at)}</span>
          <span class="verb">{answer?.choice === choice && "✓ "}{verb}</span>
        </button>
      ))}
      {question.isText && (
        answer?.choice === "other" ? (
          <FreeText id={`${field}-other`} long={isLongText(field)} label={t("conflict.otherLabel", { field: question.name })} hint={t("guard.hint")}
            value={answer.value} onInput={(value) => onAnswer({ choice: "other", value })} errors={errors} />
        ) : (
          <button type="button" class="secondary" onClick={() => onAnswer({ choice: "other", value: question.sent })}>{t("conflict.other")}</button>
        )
      )}
    </fieldset>
  );
}
