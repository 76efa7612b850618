/** CL4: how each answer to the code of a pass is read. */
import { describe, expect, it } from "vitest";
import { createTransport } from "../transport/http";
import { joinByCode } from "./joining";
import { json } from "./testing/network";
import { PhoneClock, World } from "./testing/virtualClock";

describe("the code of a pass", () => {
  const joined = (response: Response | Error) => joinByCode(createTransport(
    () => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)), new PhoneClock(new World()),
  ), "482913");

  it.each([
    ["the pass one is on now", json(200, { shift_id: "a" }), { kind: "joined", shiftId: "a" }],
    ["200 with somebody else's body", json(200, { ok: true }), { kind: "unreachable" }],
    ["HTML with 404", new Response("<html></html>", { status: 404 }), { kind: "unreachable" }],
    ["no line", new TypeError("failed"), { kind: "unreachable" }],
    ["no such code", json(404, { error: "code_unknown", message: "Nej." }), { kind: "unknown" }],
    ["too many", json(429, { error: "too_many" }, { "Retry-After": "541" }), { kind: "wait", retryAfterS: 541 }],
    ["a fault of the server's", json(500, { error: "internal" }), { kind: "unreachable" }],
    ["a refusal", json(403, { error: "not_allowed", message: "Nej." }), { kind: "refused", slug: "not_allowed", message: "Nej." }],
  ])("CL4 %s", async (_, response, expected) => expect(await joined(response)).toEqual(expected));
});
