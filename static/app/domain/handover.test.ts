/** What goes along to the next pass. */
import { describe, expect, it } from "vitest";
import { handover, type OpenItem } from "./handover";

const day = (n: number, hour = 18): string => `2026-11-${String(n).padStart(2, "0")}T${hour}:00:00+01:00`;
const item = (id: string, state: OpenItem["state"], at: string): OpenItem => ({ id, text: id, state, by: "me", at });
const pass = (started_at: string, handover_note: string, open_items: OpenItem[] = [], team_id = "ours", ended_at: string | null = started_at.replace("T18", "T23")) =>
  ({ team_id, started_at, ended_at, handover_note, open_items });

describe("what a pass takes over", () => {
  it("is the note of the pass before, and nothing of another team or of later passes", () => {
    const passes = [pass(day(3), "third"), pass(day(2), "second"), pass(day(4), "theirs", [item("x", "open", day(4))], "theirs"), pass(day(6), "later", [item("y", "open", day(6))])];
    expect(handover(passes, "ours", day(5))).toEqual({ note: "third", items: [] });
  });

  it("an older note is not passed off as the last one's", () =>
    expect(handover([pass(day(2), "old"), pass(day(3), "")], "ours", day(5)).note).toBe(""));

  it("a pass under way beside hides no note; once it has ended its own is there", () => {
    const before = pass(day(3), "before");
    const beside = (ended_at: string | null) => pass(day(4), "beside", [item("x", "open", day(4))], "ours", ended_at);
    expect(handover([before, beside(null)], "ours", day(5))).toEqual({ note: "before", items: [item("x", "open", day(4))] });
    expect(handover([before, beside(day(6))], "ours", day(5)).note).toBe("beside");
  });

  it("of more items than a pass may hold the newest go along, in their order", () => {
    const many = Array.from({ length: 60 }, (_, n) => item(`i${n}`, "open", day(1 + ((n * 7) % 20), 10 + (n % 10))));
    const { items } = handover([pass(day(24), "", many.slice(0, 30)), pass(day(23), "", many.slice(30))], "ours", day(25));
    expect(items).toHaveLength(50);
    const left = many.filter(({ id }) => !items.some((one) => one.id === id));
    expect(Math.max(...left.map(({ at }) => Date.parse(at)))).toBeLessThanOrEqual(Math.min(...items.map(({ at }) => Date.parse(at))));
  });

  it("an item stays open until it is settled somewhere", () => {
    const first = pass(day(1), "", [item("lamp", "open", day(1)), item("school", "open", day(1)), item("fence", "open", day(1))]);
    const second = pass(day(2), "", [item("lamp", "done", day(2)), item("school", "open", day(1)), item("fence", "dropped", day(2))]);
    expect(handover([second, first], "ours", day(5)).items.map(({ id }) => id)).toEqual(["school"]);
  });

  it("an item goes along with its place", () => {
    const placed = { ...item("lamp", "open", day(1)), site_id: "site" };
    expect(handover([pass(day(1), "", [placed])], "ours", day(5)).items).toEqual([placed]);
  });

  it("two passes carry it along: settled on one, it is settled, however late the other began", () => {
    const settled = pass(day(2, 17), "", [item("lamp", "done", day(2, 21))]);
    const carrying = pass(day(2, 19), "", [item("lamp", "open", day(1))]);
    expect(handover([settled, carrying], "ours", day(5)).items).toEqual([]);
    expect(handover([carrying, settled], "ours", day(5)).items).toEqual([]);
  });

  it("opened again is open", () => {
    const passes = [pass(day(2), "", [item("lamp", "done", day(2))]), pass(day(3), "", [item("lamp", "open", day(3))])];
    expect(handover(passes, "ours", day(5)).items.map(({ id }) => id)).toEqual(["lamp"]);
  });
});
