/** PU10: what belongs to an approved pass. */
import { describe, expect, it } from "vitest";
import type { Projection } from "../ports";
import { isLocked } from "./locked";

const rows: Record<string, Record<string, object>> = {
  shifts: { done: { status: "approved" }, back: { status: "returned" } },
  visits: { v: { shift_id: "done" }, w: { shift_id: "back" } },
  observations: { o: { visit_id: "v" }, p: { visit_id: "w" } },
};
const records = { get: (name: string, id: string) => (rows[name]?.[id] ? { fields: rows[name][id] } : undefined) } as unknown as Projection;

describe("PU10 an approved pass", () => {
  it.each([["shifts", "done"], ["visits", "v"], ["observations", "o"]])("PU10 holds its %s", (name, id) => expect(isLocked(records, name, id)).toBe(true));
  it.each([["shifts", "back"], ["visits", "w"], ["observations", "p"], ["walks", "x"], ["conflicts", "y"], ["shifts", "unknown"], ["visits", "unknown"]])(
    "holds no other %s (%s)", (name, id) => expect(isLocked(records, name, id)).toBe(false),
  );
  it("PU10 takes nothing new, whatever has come in between", () => {
    expect(isLocked(records, "visits", "", { shift_id: "done" })).toBe(true);
    expect(isLocked(records, "observations", "", { visit_id: "v" })).toBe(true);
    expect(isLocked(records, "observations", "", { visit_id: "new" })).toBe(false);
  });
});
