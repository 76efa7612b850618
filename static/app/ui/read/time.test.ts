import { describe, expect, it } from "vitest";
import { atClock, clockTime, dayOf, daysBetween, duration, isoLocal } from "./time";

const at = (...parts: [number, number, number, number, number]): string => isoLocal(new Date(...parts));

describe("times as people write them", () => {
  it("takes half past midnight on an evening pass as the next day", () => {
    const moment = atClock("00:30", at(2026, 10, 23, 18, 0));
    expect(dayOf(moment)).toBe("2026-11-24");
    expect(clockTime(moment)).toBe("00:30");
  });

  it("takes a time shortly before the pass began as the same day", () => {
    expect(dayOf(atClock("17:40", at(2026, 10, 23, 18, 0)))).toBe("2026-11-23");
  });

  it("says which offset the clock had", () => {
    expect(isoLocal(new Date(2026, 10, 23, 21, 43, 5))).toMatch(/^2026-11-23T21:43:05[+-]\d\d:\d\d$/);
  });

  it("counts days by the calendar, not by hours", () => {
    expect(daysBetween(at(2026, 10, 22, 23, 50), at(2026, 10, 23, 0, 10))).toBe(1);
    expect(daysBetween("2026-11-14", at(2026, 10, 23, 21, 0))).toBe(9);
  });

  it("writes durations in words", () => {
    expect([duration(14), duration(120), duration(134)]).toEqual(["14 min", "2 tim", "2 tim 14 min"]);
  });
});
