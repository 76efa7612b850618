/** Two passes of the same people become one, each way in one saved step: a blank one is left, lines are moved. */
import { RecordMissing } from "../domain/errors";
import type { Shift } from "../domain/records";
import { announceSaved, attempt, NotNow } from "./announce";
import { before, run, written } from "./actions";
import { halfWritten } from "./halfWritten";
import { leavesNothing } from "./read/doubled";
import { isWorthwhile, moveInto, type Reader } from "./read/movable";
import { app, commands } from "./state";
import { forgetAll } from "./undo";

/** Leaves a pass of one's own on which nothing is noted yet for a colleague's of the same evening: two become one. */
export const joinInstead = (emptyId: string, otherId: string): Promise<boolean> =>
  run("action.joined", async () => {
    const drafts = await commands().allDrafts();
    const all = app().projection();
    const [empty, other] = [all.get("shifts", emptyId), all.get("shifts", otherId)];
    if (!empty || !other) throw new RecordMissing();
    if (!leavesNothing(all, empty, other)) throw new NotNow("doubled.noLongerBlank");
    const typed = halfWritten(drafts, emptyId, [], true);
    // Nobody who was on it loses the evening.
    const fields = { participant_ids: [...new Set([...other.fields.participant_ids, ...empty.fields.participant_ids])] };
    await commands().together((put) => {
      put.update("shifts", other.id, fields);
      put.remove("shifts", empty.id);
      typed.carry(put, new Map([[empty.id, other.id]]));
    });
    typed.drop();
    return [...before(other, fields), { do: "create", collection: "shifts", fields: written(empty), children: [] }];
  });

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
    const drafts = await commands().allDrafts();
    const all = app().projection();
    const [shift, other] = [all.get("shifts", shiftId), all.get("shifts", otherId)];
    const found = shift && other && moveInto(all, shift, other, reader);
    if (!found || !isWorthwhile(found)) return;
    const typed = halfWritten(drafts, shiftId, found.lines, found.removes);
    await commands().together((put) => {
      const ids = new Map([[shiftId, otherId]]);
      // First of all: who is not on the other pass may write nothing there.
      put.update("shifts", otherId, found.other);
      for (const { visit, observations } of found.lines) {
        const left_at = found.leavings.get(visit.id) ?? visit.fields.left_at;
        const id = put.create("visits", { ...written(visit), shift_id: otherId, left_at });
        ids.set(visit.id, id);
        for (const observation of observations) ids.set(observation.id, put.create("observations", { ...written(observation), visit_id: id }));
      }
      for (const [id, left_at] of found.leavings) if (!ids.has(id)) put.update("visits", id, { left_at });
      for (const { visit } of found.lines) put.remove("visits", visit.id);
      if (found.removes) {
        put.update("shifts", shiftId, EMPTIED);
        put.remove("shifts", shiftId);
      } else if (found.leaves) put.update("shifts", shiftId, { participant_ids: shift.fields.participant_ids.filter((id) => id !== reader.userId) });
      typed.carry(put, ids);
    });
    typed.drop();
    // What could be undone was done to lines that are elsewhere now, where colleagues may write on them.
    forgetAll();
    announceSaved("action.moved");
  });
