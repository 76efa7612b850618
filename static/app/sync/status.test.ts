/** How things stand, told by the server's clock (PU15, CL12). */
import { expect, it } from "vitest";
import type { Projection, Session } from "../ports";
import type { Snapshot } from "../store/snapshot";
import { statusOf } from "./status";

const DAY_MS = 86_400_000;

it.each([["three days ahead", 3 * DAY_MS], ["three days behind", -3 * DAY_MS], ["right", 0]])(
  "CL12 PU15 a queue on a phone whose clock is %s has waited since it was written, not longer and not shorter",
  (_, offsetMs) => {
    const written = Date.parse("2026-11-23T21:43:00Z");
    const pending = [{ state: "queued", mutation: { made_at: new Date(written + offsetMs).toISOString() } }];
    const snapshot = { pending, meta: { again: 0, stuck: 0, complete: true } } as unknown as Snapshot;
    const parts = {
      session: { user: { id: "me" } } as Session, snapshot, projection: { all: () => [] } as unknown as Projection,
      engine: { phase: "waiting" as const, online: false }, isExpired: false,
    };
    const { oldestQueuedAt } = statusOf(parts, { offsetMs, persisted: null, storage: null });
    expect(Date.parse(oldestQueuedAt!)).toBe(written);
  },
);
