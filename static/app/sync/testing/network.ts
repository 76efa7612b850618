/**
 * A line between phones and the model server that loses, cuts, delays, repeats and reorders, and the
 * proxies and portals that answer in the server's place. Speaks fetch, so that the real transport is tested.
 */
import type { Session, SyncRequest } from "../../ports";
import type { ModelServer } from "./modelServer";
import type { SeededRandom, World } from "./virtualClock";

export type Fault =
  | "drop_request" | "drop_response" | "stall" | "delay" | "duplicate" | "late_copy" | "500" | "502" | "503" | "504" | "429" | "html" | "redirect" | "csrf" | "too_large";
export const FAULTS: readonly Fault[] = [
  "drop_request", "drop_response", "stall", "delay", "duplicate", "late_copy", "500", "502", "503", "504", "429", "html", "redirect", "csrf",
];

/** Thrown in the model server's place: the whole request is refused with this status. */
export class Refused extends Error {
  constructor(readonly status: number, readonly slug = "malformed") {
    super(slug);
  }
}

export class Network {
  /** Chooses what happens to a sync request; null for a good line. */
  faultFor: (request: SyncRequest, device: string) => Fault | null = () => null;
  /** How often each fault happened; "offline" where a phone had no line at all. */
  readonly faults = new Map<Fault | "offline", number>();
  /** How many sync requests of one device were ever under way together. */
  mostAtOnce = 0;
  readonly #underWay = new Map<string, number>();
  requests: { at: number; device: string; mutations: number }[] = [];
  /** ms from request to answer on a good line. */
  latencyMs = 40;
  bytesPerS: number | null = null;
  retryAfterS = 5;
  sessionHours = 20;
  /** What everybody who signs in is. */
  grants: Session["grants"] = [];
  /** What the session answer says besides. */
  told: Partial<Session> = {};
  /** Answers the code of a pass in the server's place. */
  joins: (code: string, user: string) => Response = () => json(404, { error: "code_unknown" });
  /** Answers what a leader decides on something kept. */
  settles: (path: string, asked: Record<string, unknown>) => Response = () => json(404, { error: "not_found" });
  /** Answers what never came. */
  absences: () => Response = () => json(200, { missing: [], silent: [] });
  signedOut = new Set<string>();
  /** Whether the session answer carries what sealing needs. */
  hasSealKey = true;
  #token = 0;

  constructor(readonly world: World, readonly server: ModelServer, readonly random: SeededRandom) {}

  /** The fetch of one browser; its cookie is whoever signed in last. */
  browser(isOffline: () => boolean): typeof fetch {
    let live: Session | null = null;
    const fetcher = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      if (isOffline()) {
        this.#count("offline");
        await this.#wait(this.latencyMs, null);
        throw new TypeError("network");
      }
      const signal = init?.signal ?? null;
      const body = init?.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : null;
      if (String(input).endsWith("/session")) {
        await this.#wait(this.latencyMs, signal);
        if (init?.method === "POST") live = this.#session(String(body?.email), String(body?.device_id));
        else if (init?.method === "DELETE") live = null;
        if (init?.method === "DELETE") return new Response(null, { status: 204 });
        return live ? json(200, live) : json(401, { error: "not_signed_in" });
      }
      if (!live || this.signedOut.has(live.device_id)) return json(401, { error: "not_signed_in" });
      if (String(input).endsWith("/review/absent")) {
        await this.#wait(this.latencyMs, signal);
        return this.absences();
      }
      if (new Headers(init?.headers).get("X-CSRF-Token") !== live.csrf_token) return json(403, { error: "csrf_failed" });
      if (String(input).endsWith("/shifts/join")) {
        await this.#wait(this.latencyMs, signal);
        return this.joins(String(body?.code), live.user.id);
      }
      if (/\/(rejections|late)\/[^/]+$/.test(String(input))) {
        await this.#wait(this.latencyMs, signal);
        return this.settles(String(input), body ?? {});
      }
      return this.#sync(live, body as unknown as SyncRequest, String(init?.body).length, signal, () => {
        live = { ...live!, csrf_token: `token-${++this.#token}` };
      });
    };
    return fetcher as typeof fetch;
  }

  async #sync(session: Session, ...rest: [SyncRequest, number, AbortSignal | null, () => void]): Promise<Response> {
    const now = (this.#underWay.get(session.device_id) ?? 0) + 1;
    this.#underWay.set(session.device_id, now);
    this.mostAtOnce = Math.max(this.mostAtOnce, now);
    try {
      return await this.#carry(session, ...rest);
    } finally {
      this.#underWay.set(session.device_id, this.#underWay.get(session.device_id)! - 1);
    }
  }

  async #carry(session: Session, request: SyncRequest, bytes: number, signal: AbortSignal | null, newToken: () => void): Promise<Response> {
    const { device_id, user } = session;
    this.requests.push({ at: this.world.time, device: device_id, mutations: request.mutations.length });
    const fault = this.faultFor(request, device_id);
    if (fault) this.#count(fault);
    const serve = (): Response => {
      try {
        return json(200, this.server.sync(device_id, user.id, structuredClone(request)));
      } catch (error) {
        if (error instanceof Refused) return json(error.status, { error: error.slug });
        throw error;
      }
    };
    const upMs = this.bytesPerS ? (bytes / this.bytesPerS) * 1000 : 0;
    await this.#wait(this.latencyMs / 2 + upMs, signal);
    switch (fault) {
      case "drop_request": throw new TypeError("network");
      case "drop_response": serve(); throw new TypeError("network");
      case "stall": await this.#wait(120_000, signal); break;
      case "delay": await this.#wait(this.random.below(25_000), signal); break;
      case "duplicate": serve(); break;
      // A copy of the request, held up on the way, reaches the server long after the answer.
      case "late_copy": this.world.after(this.random.below(90_000), serve); throw new TypeError("network");
      case "500": case "502": case "503": case "504": return new Response("<html>error</html>", { status: Number(fault) });
      case "429": return json(429, { error: "slow_down" }, { "Retry-After": String(this.retryAfterS) });
      case "html": return new Response("<html>Anslut till gratis wifi</html>", { status: 200 });
      case "redirect": return redirect();
      case "too_large": return json(413, { error: "too_large" });
      case "csrf": newToken(); return json(403, { error: "csrf_failed" });
      case null: break;
    }
    const answer = serve();
    const text = await answer.clone().text();
    const downMs = this.bytesPerS ? (text.length / this.bytesPerS) * 1000 : 0;
    await this.#wait(this.latencyMs / 2 + downMs, signal);
    return answer;
  }

  #count(fault: Fault | "offline"): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  #session(email: string, device_id: string): Session {
    return {
      user: { id: `user-${email}`, name: "Demo", email }, grants: this.grants, device_id, csrf_token: `token-${++this.#token}`,
      expires_at: new Date(this.world.time + this.sessionHours * 3_600_000).toISOString(),
      seal: this.hasSealKey ? { key_id: "model", public_key: "bW9kZWw=", device_secret: "c2VjcmV0" } : { key_id: "", public_key: "", device_secret: "" },
      ...this.told,
    };
  }

  #wait(ms: number, signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new DOMException("aborted", "AbortError"));
      const timer = this.world.after(ms, resolve);
      signal?.addEventListener("abort", () => {
        this.world.cancel(timer);
        reject(new DOMException("aborted", "AbortError"));
      }, { once: true });
    });
  }
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response => (
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } })
);

/** What fetch gives for a 302 under `redirect: "manual"`: status 0, no body. */
const redirect = (): Response => Response.error();
