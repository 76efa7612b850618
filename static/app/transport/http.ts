/**
 * The only place that calls fetch. Sends, times out, and says how it ended; decides nothing.
 * Keeps the CSRF token of the session it was bound to, so that another person's session in the
 * same browser never carries this one's queue (CL8).
 */
import type { Clock, Session, SignInOutcome, SyncOutcome, SyncRequest, Transport } from "../ports";
import { asErrorSlug, asSession, asSyncAnswer, errorMessage } from "./shape";

const TIMEOUT_MS = 30_000; // CL4
const SYNC_PATH = "/api/v1/sync";
const SESSION_PATH = "/api/v1/session";

export interface Answer {
  status: number;
  body: unknown;
  retryAfterS: number | null;
}
export type Failure = "network" | "timeout";

export interface BoundTransport extends Transport {
  /** Speak for this session from now on; null for nobody. */
  bind(session: Session | null): void;
  /** Asks what the protocol does not carry; whoever asks judges the answer's shape. */
  post(path: string, body: unknown): Promise<Answer | Failure>;
  get(path: string): Promise<Answer | Failure>;
}

export function createTransport(fetcher: typeof fetch, clock: Clock): BoundTransport {
  let bound: Session | null = null;

  async function call(method: string, path: string, body?: unknown): Promise<Answer | Failure> {
    const stop = new AbortController();
    let timedOut = false;
    const timer = clock.setTimeout(() => {
      timedOut = true;
      stop.abort();
    }, TIMEOUT_MS);
    try {
      const response = await fetcher(path, {
        method,
        // A redirect is a captive portal's or a proxy's, never the protocol's.
        redirect: "manual",
        credentials: "same-origin",
        cache: "no-store",
        signal: stop.signal,
        headers: {
          Accept: "application/json",
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...(bound ? { "X-CSRF-Token": bound.csrf_token } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: parse(text), retryAfterS: seconds(response.headers.get("Retry-After"), clock) };
    } catch {
      return timedOut ? "timeout" : "network";
    } finally {
      clock.clearTimeout(timer);
    }
  }

  async function sync(request: SyncRequest): Promise<SyncOutcome> {
    const answer = await call("POST", SYNC_PATH, request);
    if (typeof answer === "string") return { kind: "retry", reason: answer, retryAfterS: null };
    const { status, body, retryAfterS } = answer;
    if (status === 413) return { kind: "too_large" };
    if (status === 200) {
      const read = asSyncAnswer(body);
      return read ? { kind: "answer", answer: read } : { kind: "retry", reason: "not_protocol", retryAfterS };
    }
    const slug = asErrorSlug(body);
    if (status >= 500 || status === 408 || status === 429) return { kind: "retry", reason: "server", retryAfterS };
    if (slug === null) return { kind: "retry", reason: "not_protocol", retryAfterS };
    if (status === 401) return { kind: "sign_in" };
    if (status === 403 && slug === "csrf_failed") return { kind: "csrf" };
    if (status === 403 && (slug === "device_revoked" || slug === "account_disabled")) return { kind: "locked", slug };
    if (status === 400) return { kind: "malformed" };
    if (status === 426) return { kind: "upgrade" };
    return { kind: "retry", reason: "server", retryAfterS };
  }

  function signInOutcome(answer: Answer | Failure): SignInOutcome {
    if (typeof answer === "string") return { kind: "unreachable" };
    const { status, body, retryAfterS } = answer;
    const session = status === 200 ? asSession(body) : null;
    if (session) return { kind: "session", session };
    const slug = asErrorSlug(body);
    if (status === 429) return { kind: "wait", retryAfterS: retryAfterS ?? 60 };
    if (slug === null || status >= 500 || status === 200) return { kind: "unreachable" };
    return status === 401 ? { kind: "bad_credentials" } : { kind: "refused", slug, message: errorMessage(body) };
  }

  return {
    sync,
    post: (path, body) => call("POST", path, body),
    get: (path) => call("GET", path),
    bind: (session) => {
      bound = session;
    },
    signIn: async (email, password, deviceId, deviceName) => signInOutcome(
      await call("POST", SESSION_PATH, { email, password, device_id: deviceId, device_name: deviceName }),
    ),
    session: async () => {
      const outcome = signInOutcome(await call("GET", SESSION_PATH));
      if (outcome.kind !== "session" || !bound) return outcome;
      const { session } = outcome;
      if (session.user.id !== bound.user.id || session.device_id !== bound.device_id) {
        return { kind: "refused", slug: "other_user", message: "" };
      }
      bound = session;
      return outcome;
    },
    signOut: async () => {
      const answer = await call("DELETE", SESSION_PATH);
      // 401: the session is already dead, which is what was asked for.
      return typeof answer !== "string" && (answer.status === 204 || (answer.status === 401 && asErrorSlug(answer.body) !== null));
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Read Retry-After (RFC 9110, 10.2.3): seconds or a date. */
function seconds(value: string | null, clock: Clock): number | null {
  if (value === null) return null;
  const given = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - clock.now()) / 1000;
  return Number.isFinite(given) ? Math.max(0, given) : null;
}
