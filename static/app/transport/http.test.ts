/** CL4: how each answer is read, and that the wire fixtures of protocol 1 mean the same here as on the server. */
import { describe, expect, it } from "vitest";
import type { SyncRequest } from "../ports";
import { json } from "../sync/testing/network";
import { PhoneClock, settle, World } from "../sync/testing/virtualClock";
import { createTransport } from "./http";
import { asErrorSlug, asSession, asSyncAnswer } from "./shape";

const fixtures = import.meta.glob<Record<string, unknown>>("../../../tests/fixtures/wire/*.json", { eager: true, import: "default" });
const named = (prefix: string) => Object.entries(fixtures).map(([path, body]) => [path.split("/").at(-1)!, body] as const)
  .filter(([name]) => name.startsWith(prefix));
const answer = fixtures["../../../tests/fixtures/wire/answer_applied.json"]!;
const request = fixtures["../../../tests/fixtures/wire/request_full.json"] as unknown as SyncRequest;

async function outcomeOf(response: Response | Error) {
  const transport = createTransport(() => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)), new PhoneClock(new World()));
  return transport.sync(request);
}

describe("wire fixtures", () => {
  it("PU19 S24 there are fixtures of every kind", () => expect(Object.keys(fixtures).length).toBeGreaterThan(20));
  it.each(named("answer_"))("S24 %s is an answer of protocol 1", (_, body) => expect(asSyncAnswer(body)).toBe(body));
  it.each(named("error_"))("S24 %s is an error and no answer", (_, body) => {
    expect(asErrorSlug(body)).not.toBeNull();
    expect(asSyncAnswer(body)).toBeNull();
  });
  it.each(named("request_"))("S24 %s has what a request must have", (_, body) => expect(body).toMatchObject({ protocol: 1, mutations: expect.any(Array) as unknown }));
  it("S24 the session answer is read", () => expect(asSession(fixtures["../../../tests/fixtures/wire/session.json"])?.csrf_token).toBe("demo-token"));
});

describe("CL4 only the protocol's own body counts", () => {
  it("CL4 200 with the protocol's body is an answer", async () => expect(await outcomeOf(json(200, answer))).toMatchObject({ kind: "answer" }));

  it.each([
    ["an object of somebody else's", json(200, { ok: true })],
    ["another protocol", json(200, { ...answer, protocol: 2 })],
    ["a receipt without a status", json(200, { ...answer, receipts: [{ mutation_id: "a" }] })],
    ["a change without its record", json(200, { ...answer, changes: [{ collection: "shifts", record_id: "a", version: 1, deleted: false, record: null }] })],
    ["half a body", new Response(JSON.stringify(answer).slice(0, -20), { status: 200 })],
    ["HTML", new Response("<html></html>", { status: 200 })],
    ["a redirect", Response.error()],
    ["HTML with 401", new Response("<html></html>", { status: 401 })],
    ["HTML with 403", new Response("<html></html>", { status: 403 })],
    ["HTML with 400", new Response("<html></html>", { status: 400 })],
    ["HTML with 426", new Response("<html></html>", { status: 426 })],
  ])("S19 %s: kept and tried again", async (_, response) => {
    expect(await outcomeOf(response)).toEqual({ kind: "retry", reason: "not_protocol", retryAfterS: null });
  });

  it.each([
    [401, "not_signed_in", { kind: "sign_in" }],
    [403, "csrf_failed", { kind: "csrf" }],
    [403, "device_revoked", { kind: "locked", slug: "device_revoked" }],
    [403, "account_disabled", { kind: "locked", slug: "account_disabled" }],
    [403, "not_allowed", { kind: "retry", reason: "server", retryAfterS: null }],
    [400, "malformed", { kind: "malformed" }],
    [413, "too_large", { kind: "too_large" }],
    [426, "upgrade_required", { kind: "upgrade" }],
    [408, "timeout", { kind: "retry", reason: "server", retryAfterS: null }],
    [500, "internal", { kind: "retry", reason: "server", retryAfterS: null }],
  ])("CL4 %i %s", async (status, error, expected) => expect(await outcomeOf(json(status, { error }))).toEqual(expected));

  it("CL4 413 counts from a proxy too", async () => expect(await outcomeOf(new Response("<html></html>", { status: 413 }))).toEqual({ kind: "too_large" }));
  it("CL4 Retry-After is read as seconds and as a date", async () => {
    expect(await outcomeOf(json(429, {}, { "Retry-After": "7" }))).toMatchObject({ retryAfterS: 7 });
    expect(await outcomeOf(json(503, {}, { "Retry-After": "Mon, 23 Nov 2026 17:00:30 GMT" }))).toMatchObject({ retryAfterS: 30 });
  });
  it("CL4 no line", async () => expect(await outcomeOf(new TypeError("failed"))).toMatchObject({ kind: "retry", reason: "network" }));

  it("CL4 30 s without an answer is given up", async () => {
    const world = new World();
    const never = (_: RequestInfo | URL, init?: RequestInit) => new Promise<Response>((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    });
    const outcome = createTransport(never, new PhoneClock(world)).sync(request);
    let done = false;
    void outcome.then(() => { done = true; });
    await world.advance(29_999);
    expect(done).toBe(false);
    await world.advance(2);
    await settle();
    expect(await outcome).toMatchObject({ kind: "retry", reason: "timeout" });
  });
});
