/** One position fix on request, used and thrown away; nothing ever waits more than five seconds for it (C16). */
import type { Position } from "../domain/here";

const LONGEST_MS = 5000;
const TOO_VAGUE_M = 500;

export type Fix = { kind: "fix"; position: Position } | { kind: "denied" | "unavailable" | "vague" };

export function positionNow(): Promise<Fix> {
  if (!("geolocation" in navigator)) return Promise.resolve({ kind: "unavailable" });
  return new Promise((resolve) => {
    // The browser's own time-out does not run while it asks for permission.
    const giveUp = setTimeout(() => resolve({ kind: "unavailable" }), LONGEST_MS);
    const answer = (fix: Fix) => (clearTimeout(giveUp), resolve(fix));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        answer(
          coords.accuracy > TOO_VAGUE_M
            ? { kind: "vague" }
            : { kind: "fix", position: { lat: coords.latitude, lon: coords.longitude } },
        ),
      (error) => answer({ kind: error.code === error.PERMISSION_DENIED ? "denied" : "unavailable" }),
      { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 30_000 },
    );
  });
}
