/** The number on the icon and the tab. */
import { expect, it } from "vitest";
import type { Projection } from "../../ports";
import { asking } from "./asking";

it("counts what was refused, what met and what came back to oneself; what only waits asks for nothing", () => {
  const pass = (status: string, participant_ids: string[]) => ({ id: status, fields: { status, participant_ids, started_at: "2026-11-23T18:00:00+01:00" } });
  const rows = [pass("returned", ["me"]), pass("returned", ["you"]), pass("submitted", ["me"]), pass("draft", ["me"])];
  const records = { all: () => rows } as unknown as Projection;
  expect(asking(records, { rejected: 2, conflicts: 1 }, "me")).toBe(4);
  expect(asking(records, { rejected: 0, conflicts: 0 }, "you")).toBe(1);
  expect(asking(records, { rejected: 0, conflicts: 0 }, "nobody")).toBe(0);
});
