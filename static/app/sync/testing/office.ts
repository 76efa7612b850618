/** S17: what leads and the office do meanwhile on the model server: review, conflicts, refusals, audiences, disposal. */
import type { Resolution } from "../../domain/records";
import type { ModelServer } from "./modelServer";
import type { Phone } from "./phone";
import type { Step } from "./plan";

export function office(server: ModelServer, { act, pick }: Extract<Step, { do: "office" }>, word: string, phones: readonly Phone[]): void {
  const any = <T>(from: readonly T[]): T | undefined => from[pick % Math.max(1, from.length)];
  const shift = any(server.all("shifts"));
  const user = `user-demo${pick % phones.length}`;
  switch (act) {
    case "edit": if (shift) server.officeEdit("shifts", shift.id, { [pick % 2 ? "handover_note" : "reason"]: word }); return;
    case "approve": if (shift) server.officeEdit("shifts", shift.id, { status: "approved" }); return;
    case "reopen": {
      const approved = any(server.all("shifts").filter(({ fields }) => fields.status === "approved"));
      if (approved) server.officeEdit("shifts", approved.id, { status: "returned" });
      return;
    }
    case "takeIn": for (const { fields } of server.all("late")) server.takeIn(String(fields.mutation_id)); return;
    case "replay": {
      const rejection = any(server.all("rejections").filter(({ fields }) => fields.state === "open" || fields.state === "handed_over"));
      // As after an upgrade: what was not understood is now (PU18).
      server.refusesPoison = false;
      if (rejection) server.replay(rejection.id);
      server.refusesPoison = true;
      return;
    }
    case "resolve": {
      const conflict = any(server.all("conflicts").filter(({ fields }) => fields.state === "open"));
      if (!conflict) return;
      const choice = pick % 2 ? "sent" as const : "server" as const;
      const resolution: Resolution = Object.fromEntries(Object.keys(conflict.fields.sent as object).map((name) => [name, { choice }]));
      return server.resolve(conflict.id, resolution);
    }
    case "hide": if (shift && shift.fields.created_by !== user) server.hide(shift.id, user, true); return;
    case "show": for (const { id, hiddenFrom } of server.all("shifts")) for (const hidden of [...hiddenFrom]) server.hide(id, hidden, false); return;
    case "dispose": if (shift && pick % 4 === 0) server.dispose(shift.id); return;
    case "reset": {
      const session = any(phones)?.app.session();
      if (session) server.resets.add(session.device_id);
    }
  }
}
