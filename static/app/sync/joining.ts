/** Asks the server to put oneself on a pass by its short code. Loaded when first asked: an evening goes on without it. */
import type { JoinOutcome } from "../ports";
import type { BoundTransport } from "../transport/http";
import { asErrorSlug, errorMessage } from "../transport/shape";

const PATH = "/api/v1/shifts/join";

export async function joinByCode(transport: Pick<BoundTransport, "post" | "session">, code: string): Promise<JoinOutcome> {
  const outcome = await ask(transport, code);
  // CL4: a session renewed elsewhere has another token; the transport takes only this user's on this device (CL8).
  const isStale = outcome.kind === "refused" && outcome.slug === "csrf_failed";
  return isStale && (await transport.session()).kind === "session" ? ask(transport, code) : outcome;
}

async function ask(transport: Pick<BoundTransport, "post">, code: string): Promise<JoinOutcome> {
  const answer = await transport.post(PATH, { code });
  if (typeof answer === "string") return { kind: "unreachable" };
  const { status, body, retryAfterS } = answer;
  const shiftId = status === 200 ? joinedShift(body) : null;
  if (shiftId) return { kind: "joined", shiftId };
  const slug = asErrorSlug(body);
  if (status === 429) return { kind: "wait", retryAfterS: retryAfterS ?? 60 };
  if (slug === null || status >= 500 || status === 200) return { kind: "unreachable" };
  return slug === "code_unknown" ? { kind: "unknown" } : { kind: "refused", slug, message: errorMessage(body) };
}

/** The pass one is on now; null when the body is somebody else's, such as a captive portal's. */
function joinedShift(body: unknown): string | null {
  const id = typeof body === "object" && body !== null && "shift_id" in body ? body.shift_id : null;
  return typeof id === "string" ? id : null;
}
