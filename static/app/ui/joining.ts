/** *Gå med med kod*: which pass a typed code means. One this phone holds is joined without coverage; else the server is asked. */
import { joinCode, typedCode } from "../domain/joinCode";
import { t } from "../i18n";
import { joinShift } from "./actions";
import { announce } from "./announce";
import { fieldTeams } from "./read/start";
import { isOn, isUnderWay, joinable, type Row } from "./read/shifts";
import { app, now, records, session, userId } from "./state";

/** `there`: one is on the pass, and the phone has it. `coming`: one is on it, and the phone fetches it. */
export type Joining = { kind: "there" } | { kind: "coming"; shiftId: string } | { kind: "fault"; text: string };

const fault = (text: string): Joining => ({ kind: "fault", text });

export async function joinWithCode(typed: string): Promise<Joining> {
  const code = typedCode(typed);
  if (!code) return fault(t("code.malformed"));
  const shift = passHere(code);
  if (shift && isOn(shift, userId())) return { kind: "there" };
  if (shift) return (await joinShift(shift, userId())) ? { kind: "there" } : fault("");
  const outcome = await app().joinByCode(code).catch(() => ({ kind: "unreachable" }) as const);
  switch (outcome.kind) {
    case "joined":
      announce("action.joined");
      return { kind: "coming", shiftId: outcome.shiftId };
    case "unknown": return fault(t("code.unknown"));
    case "wait": return fault(t("code.wait", { n: Math.ceil(outcome.retryAfterS / 60) }));
    case "unreachable": return fault(t("code.unreachable"));
    case "refused": return fault(outcome.message || t("code.unknown"));
  }
}

/** Whether a pass joined by its code has come down with oneself on it. */
export function hasCome(shiftId: string): boolean {
  const shift = records().get("shifts", shiftId);
  return shift !== undefined && isOn(shift, userId());
}

/** The one pass with the code among those that the list shows and one's own under way; where there are two the server says so. */
function passHere(code: string): Row<"shifts"> | undefined {
  const all = records();
  const current = session();
  if (!current) return undefined;
  const at = now();
  const mine = all.all("shifts").filter((shift) => isOn(shift, userId()) && isUnderWay(shift, at));
  const teams = fieldTeams(all, current).map(({ teamId }) => teamId);
  const found = [...mine, ...joinable(all, current.user.id, teams, at)].filter(({ id }) => joinCode(id) === code);
  return found.length === 1 ? found[0] : undefined;
}
