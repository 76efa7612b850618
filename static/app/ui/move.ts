/** *Flytta mina rader dit*: two passes of the same people become one, in one saved step. */
import type { Shift } from "../domain/records";
import { announceSaved, attempt } from "./announce";
import { written } from "./actions";
import { isWorthwhile, moveInto, type Reader } from "./read/movable";
import { app, commands } from "./state";
import { forgetAll } from "./undo";

/** Should a colleague's line arrive before the pass goes, it stays – and what went along must not count on both. */
const EMPTIED: Partial<Shift> = {
  handover_note: "", open_items: [], mumin: [], incidents: {}, other_participants: 0, reason: "", arena_minutes: {},
};

let running: Promise<boolean> | undefined;

/** As both passes stand at the tap, whatever was on the screen; once, however often it is tapped. */
export const moveLines = (shiftId: string, otherId: string, reader: Reader): Promise<boolean> =>
  (running ??= move(shiftId, otherId, reader).finally(() => (running = undefined)));

const move = (shiftId: string, otherId: string, reader: Reader): Promise<boolean> =>
  attempt(async () => {
    const all = app().projection();
    const [shift, other] = [all.get("shifts", shiftId), all.get("shifts", otherId)];
    const found = shift && other && moveInto(all, shift, other, reader);
    if (!found || !isWorthwhile(found)) return;
    await commands().together((put) => {
      // First of all: who is not on the other pass may write nothing there.
      put.update("shifts", otherId, found.other);
      for (const { visit, observations } of found.lines) {
        const id = put.create("visits", { ...written(visit), shift_id: otherId });
        for (const observation of observations) put.create("observations", { ...written(observation), visit_id: id });
      }
      for (const { visit } of found.lines) put.remove("visits", visit.id);
      if (found.removes) {
        put.update("shifts", shiftId, EMPTIED);
        put.remove("shifts", shiftId);
      } else if (found.leaves) put.update("shifts", shiftId, { participant_ids: shift.fields.participant_ids.filter((id) => id !== reader.userId) });
    });
    // What could be undone was done to lines that are elsewhere now, where colleagues may write on them.
    forgetAll();
    announceSaved("action.moved");
  });
