import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { outsidePass, spanOf, typedArrival, typedLeaving, typedStart } from "./typedTimes";

beforeAll(() => void vi.stubEnv("TZ", "Europe/Stockholm"));
afterAll(() => void vi.unstubAllEnvs());

const evening = (time: string): string => `2026-11-24T${time}+01:00`;
const PASS = spanOf({ started_at: evening("10:00:20"), ended_at: evening("23:00:00") }, evening("23:30:00"));
const OPEN = spanOf({ started_at: evening("18:00:20"), ended_at: null }, evening("18:44:00"));

describe("a clock time typed for a visit afterwards", () => {
  it("lies on the pass however long that was, never the evening before", () => {
    expect(typedArrival("22:30", PASS)).toBe(evening("22:30:00"));
    expect(outsidePass(typedArrival("22:30", PASS), PASS)).toBeNull();
  });

  it("may be the minute the pass began, and is after midnight the next day", () => {
    expect(typedArrival("10:00", PASS)).toBe(PASS.startedAt);
    expect(typedArrival("00:30", OPEN)).toBe("2026-11-25T00:30:00+01:00");
    expect(typedLeaving("00:20", evening("23:50:00"))).toBe("2026-11-25T00:20:00+01:00");
  });

  it("is refused before the pass, after it, and while it goes on ahead of the clock", () => {
    for (const hhmm of ["09:30", "23:20"]) expect(outsidePass(typedArrival(hhmm, PASS), PASS)).toBe("Klockslaget ska ligga inom passet, 10:00–23:00");
    expect(outsidePass(typedArrival("23:30", OPEN), OPEN)).toBe("Klockslaget ska ligga inom passet, 18:00–18:44");
    expect(outsidePass(typedArrival("18:44", OPEN), OPEN)).toBeNull();
  });
});

describe("a clock time typed for when a pass began", () => {
  it("is the nearest, and never tomorrow", () => {
    expect(typedStart("17:30", OPEN.startedAt, OPEN.until)).toBe(evening("17:30:00"));
    expect(typedStart("06:15", evening("18:48:00"), evening("18:50:00"))).toBe(evening("06:15:00"));
    expect(typedStart("23:30", "2026-11-25T00:10:00+01:00", "2026-11-25T00:40:00+01:00")).toBe(evening("23:30:00"));
  });

  it("untouched keeps its seconds", () => {
    expect(typedStart("18:00", OPEN.startedAt, OPEN.until)).toBe(OPEN.startedAt);
  });
});
