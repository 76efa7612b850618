/** Asks the server to put oneself on a pass by its short code. */
import type { JoinOutcome } from "../ports";
import type { BoundTransport } from "../transport/http";
import { post } from "./posting";

const PATH = "/api/v1/shifts/join";

export async function joinByCode(transport: Pick<BoundTransport, "post" | "session">, code: string): Promise<JoinOutcome> {
  const outcome = await post(transport, PATH, { code });
  if (outcome.kind === "answer") {
    const shiftId = joinedShift(outcome.body);
    return shiftId ? { kind: "joined", shiftId } : { kind: "unreachable" };
  }
  return outcome.kind === "refused" && outcome.slug === "code_unknown" ? { kind: "unknown" } : outcome;
}

/** The pass one is on now; null when the body is somebody else's, such as a captive portal's. */
function joinedShift(body: unknown): string | null {
  const id = typeof body === "object" && body !== null && "shift_id" in body ? body.shift_id : null;
  return typeof id === "string" ? id : null;
}
