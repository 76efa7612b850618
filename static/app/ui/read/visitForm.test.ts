import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { OUTCOMES, type Outcome, type Collections, type Visit } from "../../domain/records";
import type { Projection } from "../../ports";
import type { Row } from "./shifts";
import { formOf, outcomesOf, visitFaults, visitFields } from "./visitForm";

beforeAll(() => void vi.stubEnv("TZ", "Europe/Stockholm"));
afterAll(() => void vi.unstubAllEnvs());

const faults = (changed: Partial<Visit>, outcomes: readonly Outcome[] = OUTCOMES) => visitFaults(changed, outcomes, fields(), "2026-11-23T20:00:00+01:00");
const fields = (more: Partial<Visit> = {}) => ({
  shift_id: "s", site_id: "a", arena: "outdoor", arrived_at: "2026-11-23T19:00:20+01:00", left_at: "2026-11-23T19:40:10+01:00",
  outcome: "observed", not_visited_reason: null, together_with: [], audience: [], actions: [], ...more,
}) as unknown as Visit;
const visit = (more: Partial<Visit> = {}, rejectionId: string | null = null) => ({ id: "v", fields: fields(more), rejectionId }) as Row<"visits">;
const seen = (visit_id = "v") => ({ id: "o", fields: { visit_id, observed_at: "2026-11-23T19:20:00+01:00" } });
const refused = (change: Partial<Visit>) => ({ id: "r", fields: { op: "update", fields: change } });

function records(rows: { [C in keyof Collections]?: { id: string; fields: object }[] } = {}): Projection {
  const all = (name: keyof Collections) => rows[name] ?? [];
  return { all, get: (name: keyof Collections, id: string) => all(name).find((row) => row.id === id) } as unknown as Projection;
}

describe("the outcomes a visit may have", () => {
  it("are all of them while nothing was seen there", () => {
    expect(outcomesOf(records({ observations: [seen("another")] }), visit())).toEqual(["observed", "nothing_noted", "not_visited"]);
  });

  it("do not offer Ej besökt where something was seen", () => {
    expect(outcomesOf(records({ observations: [seen()] }), visit())).toEqual(["observed", "nothing_noted"]);
  });

  it("keep Ej besökt where it stands already", () => {
    expect(outcomesOf(records({ observations: [seen()] }), visit({ outcome: "not_visited" }))).toContain("not_visited");
  });
});

describe("the form of a visit", () => {
  it("opened and saved changes nothing, seconds included", () => {
    for (const one of [visit(), visit({ left_at: null }), visit({ outcome: "not_visited", not_visited_reason: "weather", left_at: null })])
      expect(one.fields).toMatchObject(visitFields(formOf(records(), one), one.fields));
  });

  it("begins with a change that was refused", () => {
    const change = { outcome: "not_visited", not_visited_reason: "weather", left_at: null, audience: ["youth"] } as const;
    const all = records({ rejections: [refused({ ...change, audience: ["youth"] })] });
    expect(formOf(all, visit({}, "r"))).toMatchObject({ outcome: "not_visited", reason: "weather", left: "", audience: ["youth"] });
  });

  it("does not begin with an outcome that would be refused again", () => {
    const all = records({ rejections: [refused({ outcome: "not_visited", not_visited_reason: "weather", left_at: null, audience: ["youth"] })], observations: [seen()] });
    const form = formOf(all, visit({}, "r"));
    expect(form).toMatchObject({ outcome: "observed", reason: null, audience: ["youth"] });
    expect(visitFields(form, fields())).toMatchObject({ outcome: "observed", not_visited_reason: null, left_at: fields().left_at });
  });

  it("has no reason until one is tapped, and asks for it", () => {
    const form = { ...formOf(records(), visit()), outcome: "not_visited" as const };
    const missed = visitFields(form, fields());
    expect(missed).toMatchObject({ outcome: "not_visited", not_visited_reason: null, left_at: null });
    expect(faults(missed)).toEqual([{ id: "reason", text: "Välj varför" }]);
    expect(faults(visitFields({ ...form, reason: "nobody_there" }, fields()))).toEqual([]);
  });

  it("is refused where somebody else noted something meanwhile", () => {
    const missed = visitFields({ ...formOf(records(), visit()), outcome: "not_visited", reason: "weather" }, fields());
    expect(faults(missed, outcomesOf(records({ observations: [seen()] }), visit())).map(({ id }) => id)).toEqual(["outcome"]);
  });

  it("forgets the reason of a visit that was made after all", () => {
    const one = visit({ outcome: "not_visited", not_visited_reason: "weather", left_at: null });
    expect(visitFields({ ...formOf(records(), one), outcome: "observed" }, one.fields).not_visited_reason).toBeNull();
  });

  it("refuses what lies ahead, and leaves alone what stood so", () => {
    const ahead = visitFields({ ...formOf(records(), visit()), arrived: "21:00", left: "21:30" }, fields());
    expect(faults(ahead).map(({ id }) => id)).toEqual(["arrived", "left"]);
    expect(visitFaults(fields(), OUTCOMES, fields(), "2026-11-23T18:00:00+01:00")).toEqual([]);
  });

  it("refuses to leave before one came", () => {
    expect(faults(visitFields({ ...formOf(records(), visit()), left: "18:50" }, fields()))).toEqual([{ id: "left", text: "Ni kan inte ha gått innan ni kom" }]);
  });
});
