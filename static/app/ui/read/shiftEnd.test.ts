import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Row } from "./shifts";
import { endFault, endInWords, lastLineOf, otherDay, proposedEnd, typedEnd } from "./shiftEnd";

beforeAll(() => void vi.stubEnv("TZ", "Europe/Stockholm"));
afterAll(() => void vi.unstubAllEnvs());

const evening = (time: string): string => `2026-11-23T${time}+01:00`;
const night = (time: string): string => `2026-11-24T${time}+01:00`;
const STARTED = evening("18:00:20");
const visit = (arrived_at: string, left_at: string | null, outcome = "observed") => ({ fields: { arrived_at, left_at, outcome } }) as Row<"visits">;

const until = (lastLine: string | null) => ({ startedAt: evening("18:00:00"), lastLine: lastLine && evening(lastLine) });

describe("the last line of a pass", () => {
  it("is when somebody last came to or left a place, whichever visit that was", () => {
    expect(lastLineOf([visit(evening("19:00:00"), evening("22:40:00")), visit(evening("20:00:00"), null)])).toBe(evening("22:40:00"));
    expect(lastLineOf([visit(evening("19:00:00"), evening("19:30:00")), visit(evening("20:00:00"), null)])).toBe(evening("20:00:00"));
  });

  it("is no place that was not visited", () => {
    expect(lastLineOf([visit(evening("23:00:00"), null, "not_visited")])).toBeNull();
  });
});

describe("the end proposed while nothing is typed", () => {
  it("follows the clock, and the last line where the clock is behind it", () => {
    expect(proposedEnd(null, until("21:00:00"), evening("22:00:00"))).toBe(evening("22:00:00"));
    expect(proposedEnd(null, until("22:10:00"), evening("22:00:00"))).toBe(evening("22:10:00"));
    expect(proposedEnd(null, until(null), evening("22:00:00"))).toBe(evening("22:00:00"));
    // A clock that was corrected backwards since the pass began: it can be sent in all the same (PU15).
    const behind = { startedAt: evening("18:00:05"), lastLine: evening("18:00:05") };
    expect(proposedEnd(null, behind, evening("18:00:02"))).toBe(evening("18:00:06"));
    expect(endFault(evening("18:00:06"), behind, evening("18:00:02"))).toBeNull();
  });

  it("is the end the pass has", () => {
    expect(proposedEnd(evening("21:00:00"), until("21:30:00"), night("12:00:00"))).toBe(evening("21:00:00"));
  });
});

describe("an end as it is typed", () => {
  const until = { startedAt: STARTED, lastLine: evening("22:30:41") };

  it.each([
    ["23:15", evening("23:15:00")],
    ["02:10", night("02:10:00")],
    ["07:30", night("07:30:00")],
    ["22:00", evening("22:00:00")],
  ])("%s is counted from the start, however far from now", (hhmm, end) => {
    expect(typedEnd(hhmm, until, null)).toBe(end);
  });

  it("in the minute of the last line or of the end it had keeps their seconds", () => {
    expect(typedEnd("22:30", until, null)).toBe(evening("22:30:41"));
    expect(typedEnd("23:05", until, evening("23:05:12"))).toBe(evening("23:05:12"));
  });

  it("is not the end it had where the pass no longer reaches it", () => {
    expect(typedEnd("17:00", { startedAt: STARTED, lastLine: null }, evening("17:00:30"))).toBe(night("17:00:00"));
  });

  it("is the second of two in the night the clock goes back where the last line lies between them", () => {
    const october = { startedAt: "2026-10-24T22:00:00+02:00", lastLine: "2026-10-25T02:10:00+01:00" };
    expect(typedEnd("02:50", october, null)).toBe("2026-10-25T02:50:00+01:00");
    expect(typedEnd("02:50", { ...october, lastLine: "2026-10-25T01:10:00+02:00" }, null)).toBe("2026-10-25T02:50:00+02:00");
  });
});

describe("an end that can't be", () => {
  const until = { startedAt: STARTED, lastLine: evening("22:30:41") };
  const now = night("17:00:00");

  it.each([
    [evening("18:00:20"), "Passet kan inte sluta innan det började"],
    [night("17:00:01"), "Passet kan inte sluta i framtiden"],
    [evening("22:30:40"), "Passet kan inte ha slutat före det sista besöket (22:30)"],
  ])("%s: %s", (end, words) => {
    expect(endFault(end, until, now)).toBe(words);
  });

  it.each([evening("22:30:41"), night("01:00:00"), now])("%s can stand", (end) => {
    expect(endFault(end, until, now)).toBeNull();
  });

  it("is more than a day after the start, to the second", () => {
    const later = "2026-11-26T12:00:00+01:00";
    expect(endFault(night("18:00:20"), until, later)).toBeNull();
    expect(endFault(night("18:00:21"), until, later)).toBe("Passet är längre än ett dygn. Skriv när det slutade");
  });

  it("is not in the future while the clock is behind the last line", () => {
    expect(endFault(evening("22:30:41"), until, evening("22:00:00"))).toBeNull();
  });

  it("names the day of a last visit after midnight", () => {
    expect(endFault(evening("23:00:00"), { startedAt: STARTED, lastLine: night("00:40:00") }, now)).toMatch(/\(00:40 \(tis 24 nov\.?\)\)$/);
  });
});

describe("the end in words", () => {
  it("says the day when it is not the start's", () => {
    expect(otherDay(STARTED, evening("23:59:00"))).toBeNull();
    expect(endInWords(STARTED, evening("23:59:00"))).toBe("23:59");
    expect(endInWords(STARTED, night("02:10:00"))).toMatch(/^02:10 \(tis 24 nov\.?\)$/);
  });
});
