import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { atClock, clockTime, dayOf, daysBetween, duration, firstAfter, isoLocal } from "./time";

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

  it.each([
    ["22:10", 23],
    ["03:00", 24],
    ["17:40", 24],
  ])("takes %s as the first moment after a pass began at 18:00", (hhmm, day) => {
    const end = firstAfter(hhmm, at(2026, 10, 23, 18, 0));
    expect([dayOf(end), clockTime(end)]).toEqual([`2026-11-${day}`, hhmm]);
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

describe("the nights the clock is moved in Stockholm", () => {
  beforeAll(() => void vi.stubEnv("TZ", "Europe/Stockholm"));
  afterAll(() => void vi.unstubAllEnvs());

  it.each([
    ["02:50", "2026-10-25T02:40:00+02:00", "2026-10-25T02:50:00+02:00"],
    ["02:10", "2026-10-25T02:40:00+02:00", "2026-10-25T02:10:00+01:00"],
    ["02:40", "2026-10-25T02:40:00+02:00", "2026-10-25T02:40:00+01:00"],
    ["03:00", "2026-10-24T22:00:00+02:00", "2026-10-25T03:00:00+01:00"],
    ["22:00", "2026-10-24T22:00:00+02:00", "2026-10-25T22:00:00+01:00"],
    ["02:30", "2026-03-28T22:00:00+01:00", "2026-03-29T03:30:00+02:00"],
    ["21:00", "2026-03-28T22:00:00+01:00", "2026-03-29T21:00:00+02:00"],
  ])("%s first comes after %s at %s", (hhmm, after, first) => {
    expect(firstAfter(hhmm, after)).toBe(first);
  });

  it.each([
    ["02:15", "2026-10-25T02:40:00+02:00", "2026-10-25T02:15:00+02:00"],
    ["02:15", "2026-10-25T02:10:00+01:00", "2026-10-25T02:15:00+01:00"],
  ])("%s is nearest to %s at %s", (hhmm, near, nearest) => {
    expect(atClock(hhmm, near)).toBe(nearest);
  });
});
