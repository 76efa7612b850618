/** Tells the server what a leader decides on what it keeps: refused (PU12), or come after the approval (PU11). */
import type { KeptName, SettleOutcome, Settling } from "../ports";
import type { BoundTransport } from "../transport/http";
import { post } from "./posting";

export async function settle(transport: Pick<BoundTransport, "post" | "session">, kept: KeptName, id: string, asked: Settling): Promise<SettleOutcome> {
  const outcome = await post(transport, `/api/v1/${kept}/${encodeURIComponent(id)}`, asked);
  if (outcome.kind === "answer") {
    const state = stateOf(outcome.body, id);
    return state === null ? { kind: "unreachable" } : { kind: "settled", state };
  }
  return outcome.kind === "refused" && outcome.slug === "already_resolved" ? { kind: "already" } : outcome;
}

/** How it stands now; null when the body is not about it, such as a captive portal's. */
function stateOf(body: unknown, id: string): string | null {
  const isIt = typeof body === "object" && body !== null && "id" in body && body.id === id && "state" in body;
  return isIt && typeof body.state === "string" ? body.state : null;
}
