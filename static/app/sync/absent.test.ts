/** CL4: what never came is the server's to say; an answer in its place is none. */
import { describe, expect, it } from "vitest";
import { createTransport } from "../transport/http";
import { absent } from "./absent";
import { json } from "./testing/network";
import { PhoneClock, World } from "./testing/virtualClock";

const NOTHING = { missing: [], silent: [] };
const answered = (response: Response | Error) =>
  absent(createTransport(() => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)), new PhoneClock(new World())));

describe("what never came", () => {
  it("is what the server says", async () => expect(await answered(json(200, NOTHING))).toEqual(NOTHING));
  it.each([
    ["no line", new TypeError("failed")],
    ["a portal's page", new Response("<html></html>")],
    ["somebody else's body", json(200, { ok: true })],
    ["half of it", json(200, { missing: [] })],
    ["a refusal", json(403, { error: "not_allowed" })],
    ["a fault of the server's", json(503, { error: "unavailable" })],
  ])("is not known with %s", async (_, response) => expect(await answered(response)).toBeNull());
});
