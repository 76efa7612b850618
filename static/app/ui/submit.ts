/** *Skicka in*: ends what is under way and asks the server to take the pass. */
import type { ArenaMinutes } from "../domain/arenaMinutes";
import type { Shift } from "../domain/records";
import { announceSaved, attempt } from "./announce";
import { changedOnly, type Seen } from "./read/seen";
import { openVisit, type Row } from "./read/shifts";
import { app, commands } from "./state";
import { forgetAll } from "./undo";

export interface Submission extends Pick<Shift, "handover_note" | "incidents" | "mumin"> {
  /** Null while the proposal stands untouched. */
  ended_at: string | null;
  /** Null while the proposal from the visits stands untouched. */
  arena_minutes: ArenaMinutes | null;
  /** The pass as the page was opened on it, kept with the draft. */
  seen: Seen<"shifts">;
}

export const submitShift = (shift: Row<"shifts">, form: Submission & { ended_at: string; arena_minutes: ArenaMinutes }): Promise<boolean> =>
  attempt(async () => {
    const open = openVisit(app().projection(), shift.id);
    await commands().together((put) => {
      if (open) put.update("visits", open.id, { left_at: form.ended_at });
      const { ended_at, arena_minutes, handover_note, incidents, mumin, seen } = form;
      const said = changedOnly<Shift>({ handover_note: handover_note.trim(), incidents, mumin }, seen.fields);
      put.update("shifts", shift.id, { ...said, ended_at, arena_minutes, status: "submitted" }, seen.version);
    });
    forgetAll();
    announceSaved("sent.title");
  });
