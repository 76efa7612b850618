/** Two passes of the same people at the same time: said, and made one by whoever wrote on the one that goes. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { joinInstead, moveLines } from "../move";
import { doubled, goesInto, leavesNothing } from "../read/doubled";
import { isWorthwhile, moveInto, type Left, type Move, type Reader } from "../read/movable";
import { isEditable, type Row } from "../read/shifts";
import { fieldTeams } from "../read/start";
import { clockTime } from "../read/time";
import { personName } from "../read/names";
import { fieldName } from "../read/values";
import { records, session, userId } from "../state";
import { Working } from "./Working";

export function Doubled({ shift }: { shift: Row<"shifts"> }) {
  const all = records();
  const other = doubled(all, shift);
  if (!other) return null;
  const both = other.fields.participant_ids.filter((id) => shift.fields.participant_ids.includes(id));
  return (
    <section class="notice">
      <p>{t("doubled.said", { who: namesOf(both), time: clockTime(other.fields.started_at) })}</p>
      <Way key={other.id} shift={shift} other={other} both={both} />
    </section>
  );
}

interface Passes {
  shift: Row<"shifts">;
  other: Row<"shifts">;
}

function Way({ shift, other, both }: Passes & { both: string[] }) {
  const all = records();
  if (leavesNothing(all, shift, other)) {
    // Who is on the other pass changes it as one likes; from outside one puts only oneself there (access.md).
    const mine = [userId(), ...both];
    const mayCarry = other.fields.participant_ids.includes(userId()) || shift.fields.participant_ids.every((id) => mine.includes(id));
    if (mayCarry && isEditable(other) && goesInto(shift, other, userId()))
      return <Working class="secondary" run={() => joinInstead(shift.id, other.id)}>{t("doubled.join")}</Working>;
  }
  const move = moveInto(all, shift, other, reader());
  if (!move) return <p class="quiet">{t(isEditable(other) && !goesInto(shift, other, userId()) ? "doubled.stays" : "doubled.kept")}</p>;
  return (
    <>
      {isWorthwhile(move) ? <Moving shift={shift} other={other} move={move} /> : <p class="quiet">{t("doubled.kept")}</p>}
      {leftInWords(move.left).map((words) => <p key={words} class="quiet">{words}</p>)}
    </>
  );
}

/** Asked first: what is written anew elsewhere can't be taken back here. */
function Moving({ shift, other, move }: Passes & { move: Move }) {
  const [asking, setAsking] = useState(false);
  const run = async () => {
    if (await moveLines(shift.id, other.id, reader())) setAsking(false);
  };
  const visits = move.lines.length;
  const verb = visits > 0 ? "doubled.move" : move.removes ? "doubled.moveRest" : "doubled.join";
  if (!asking)
    return <button type="button" class="secondary" onClick={() => setAsking(true)}>{t(verb)}</button>;
  return (
    <>
      <p>{[visits > 0 && t("doubled.moves", { n: visits }), move.removes && t("doubled.removes"), t("doubled.noUndo")].filter(Boolean).join(" ")}</p>
      <div class="pair">
        <Working class="secondary" run={run}>{t(verb === "doubled.join" ? verb : "doubled.moveNow")}</Working>
        <button type="button" class="secondary" onClick={() => setAsking(false)}>{t("frame.cancel")}</button>
      </div>
    </>
  );
}

function leftInWords({ writers, shared, stuck, facts }: Left): string[] {
  return [
    writers.length > 0 && t("doubled.leftOthers", { who: namesOf(writers) }),
    shared > 0 && t("doubled.leftShared", { n: shared }),
    stuck > 0 && t("doubled.leftStuck", { n: stuck }),
    facts.length > 0 && t("doubled.leftFacts", { what: facts.map((fact) => fieldName(fact).toLocaleLowerCase("sv")).join(", ") }),
  ].filter((words) => words !== false);
}

const reader = (): Reader => ({ userId: userId(), teamIds: fieldTeams(records(), session()!).map(({ teamId }) => teamId) });
const namesOf = (ids: readonly string[]): string => ids.map((id) => personName(records(), session(), id)).join(", ");
