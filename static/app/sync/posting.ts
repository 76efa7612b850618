/** Asks the server what the protocol does not carry, with coverage. Loaded when first asked: an evening goes on without it. */
import type { BoundTransport } from "../transport/http";
import { asErrorSlug, errorMessage } from "../transport/shape";

export type Posted =
  | { kind: "answer"; body: unknown }
  | { kind: "wait"; retryAfterS: number }
  | { kind: "refused"; slug: string; message: string }
  | { kind: "unreachable" };

export async function post(transport: Pick<BoundTransport, "post" | "session">, path: string, body: unknown): Promise<Posted> {
  const outcome = await ask(transport, path, body);
  // CL4: a session renewed elsewhere has another token; the transport takes only this user's on this device (CL8).
  const isStale = outcome.kind === "refused" && outcome.slug === "csrf_failed";
  return isStale && (await transport.session()).kind === "session" ? ask(transport, path, body) : outcome;
}

async function ask(transport: Pick<BoundTransport, "post">, path: string, asked: unknown): Promise<Posted> {
  const answer = await transport.post(path, asked);
  if (typeof answer === "string") return { kind: "unreachable" };
  const { status, body, retryAfterS } = answer;
  if (status === 200) return { kind: "answer", body };
  if (status === 429) return { kind: "wait", retryAfterS: retryAfterS ?? 60 };
  const slug = asErrorSlug(body);
  return slug === null || status >= 500 ? { kind: "unreachable" } : { kind: "refused", slug, message: errorMessage(body) };
}
