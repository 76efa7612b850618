/** CL4, PU11, PU12: what is asked of the server for a leader, and how each answer is read. */
import { describe, expect, it } from "vitest";
import { createTransport } from "../transport/http";
import { settle } from "./settling";
import { json } from "./testing/network";
import { PhoneClock, World } from "./testing/virtualClock";

function settled(...responses: (Response | Error)[]) {
  const asked: [string, unknown][] = [];
  const transport = createTransport((path, init) => {
    asked.push([String(path as string), init?.body ? JSON.parse(init.body as string) : null]);
    const response = responses.shift()!;
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  }, new PhoneClock(new World()));
  return { asked, transport };
}

describe("what a leader settles", () => {
  it("PU12 goes to the refusal's own address, with its reason", async () => {
    const { asked, transport } = settled(json(200, { id: "a", state: "discarded" }));
    expect(await settle(transport, "rejections", "a", { action: "discard", reason: "Dubbelt." })).toEqual({ kind: "settled", state: "discarded" });
    expect(asked).toEqual([["/api/v1/rejections/a", { action: "discard", reason: "Dubbelt." }]]);
  });
  it("PU11 so does what came late", async () => {
    const { asked, transport } = settled(json(200, { id: "a", state: "applied" }));
    expect(await settle(transport, "late", "a", { action: "take_in", reason: "" })).toEqual({ kind: "settled", state: "applied" });
    expect(asked).toEqual([["/api/v1/late/a", { action: "take_in", reason: "" }]]);
  });
  it.each([
    ["200 about something else", json(200, { id: "b", state: "discarded" }), { kind: "unreachable" }],
    ["200 with somebody else's body", json(200, { ok: true }), { kind: "unreachable" }],
    ["HTML with 409", new Response("<html></html>", { status: 409 }), { kind: "unreachable" }],
    ["no line", new TypeError("failed"), { kind: "unreachable" }],
    ["somebody was first", json(409, { error: "already_resolved", message: "Nej." }), { kind: "already" }],
    ["what can't be tried again", json(409, { error: "not_replayable", message: "Nej." }), { kind: "refused", slug: "not_replayable", message: "Nej." }],
    ["one's own pass", json(403, { error: "not_allowed", message: "Nej." }), { kind: "refused", slug: "not_allowed", message: "Nej." }],
    ["too many", json(429, { error: "too_many" }, { "Retry-After": "9" }), { kind: "wait", retryAfterS: 9 }],
    ["a fault of the server's", json(503, { error: "unavailable" }), { kind: "unreachable" }],
  ])("CL4 %s", async (_, response, expected) =>
    expect(await settle(settled(response).transport, "rejections", "a", { action: "replay", reason: "" })).toEqual(expected));
});
