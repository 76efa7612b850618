/** Asks the server what never came of the teams one leads: it alone knows plans that nobody answered, and silent phones. */
import type { Absent } from "../ports";
import type { BoundTransport } from "../transport/http";

/** Null where the server could not be asked, or somebody else answered in its place. */
export async function absent(transport: Pick<BoundTransport, "get">): Promise<Absent | null> {
  const answer = await transport.get("/api/v1/review/absent");
  return typeof answer !== "string" && answer.status === 200 && isAbsent(answer.body) ? answer.body : null;
}

const isAbsent = (body: unknown): body is Absent =>
  typeof body === "object" && body !== null && "missing" in body && Array.isArray(body.missing) && "silent" in body && Array.isArray(body.silent);
