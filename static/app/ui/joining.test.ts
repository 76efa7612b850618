/** *Gå med med kod*: without coverage where the pass is on the phone, else with the server's word and the pass fetched. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { inThrees, joinCode } from "../domain/joinCode";
import { json } from "../sync/testing/network";
import { hasCome, joinWithCode, type Joining } from "./joining";
import { connectedPhone, type Connected } from "./testing/connected";

const ME = "user-demo1";
const OURS = "018bcfe5-6800-7000-8000-8a4be61d2c07";
const THEIRS = "018bcfe5-6800-7000-8000-00000007f5a1";
let { world, server, network, phone } = {} as Connected;
let asked: string[] = [];

beforeAll(async () => {
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("navigator", { onLine: true });
  await import("../sync/joining"); // as the worker has it; loading takes real time
});
afterAll(() => void vi.unstubAllGlobals());

beforeEach(async () => {
  asked = [];
  ({ world, server, network, phone } = await connectedPhone((net) => {
    net.grants = [{ role: "field_worker", district: null, team_id: "ours", valid_until: null }];
  }));
  const began = { district: "farsta", kind: "evening", status: "draft", started_at: new Date(world.time - 3_600_000).toISOString(), ended_at: null, created_by: "you", participant_ids: ["you"] };
  server.fill("shifts", OURS, { ...began, team_id: "ours" });
  server.fill("shifts", THEIRS, { ...began, team_id: "theirs" });
  server.hide(THEIRS, ME, true);
  phone.app.syncNow();
  await world.advance(5_000);
  network.joins = (code, user) => {
    asked.push(code);
    if (code !== joinCode(THEIRS)) return json(404, { error: "code_unknown", message: "" });
    server.officeEdit("shifts", THEIRS, { participant_ids: ["you", user] });
    server.hide(THEIRS, user, false);
    return json(200, { shift_id: THEIRS });
  };
});

async function typed(code: string): Promise<Joining> {
  const joining = joinWithCode(code);
  await world.advance(60_000);
  return joining;
}

describe("a code", () => {
  it("of a pass on the phone is joined without coverage and without asking anybody", async () => {
    phone.isOffline = true;
    expect(await typed(inThrees(joinCode(OURS)))).toEqual({ kind: "there" });
    expect(hasCome(OURS)).toBe(true);
    phone.isOffline = false;
    phone.app.syncNow();
    await world.advance(60_000);
    expect(server.get("shifts", OURS)!.fields.participant_ids).toEqual(["you", ME]);
    expect(await typed(joinCode(OURS))).toEqual({ kind: "there" }); // on it already
    expect(asked).toEqual([]);
  });

  it("of another team's pass is the server's to know; the pass comes down by itself", async () => {
    expect(hasCome(THEIRS)).toBe(false);
    expect(await typed(` ${inThrees(joinCode(THEIRS))}`)).toEqual({ kind: "coming", shiftId: THEIRS });
    expect(asked).toEqual([joinCode(THEIRS)]);
    expect(hasCome(THEIRS)).toBe(true);
  });

  it.each([
    ["ended", { ended_at: "2026-11-23T22:00:00+01:00" }],
    ["sent in", { status: "submitted" }],
    ["forgotten open", { started_at: "2020-11-23T18:00:00+01:00" }],
  ])("of a pass here that is %s is asked about", async (_, fields) => {
    server.officeEdit("shifts", OURS, fields);
    phone.app.syncNow();
    await world.advance(5_000);
    expect(await typed(joinCode(OURS))).toMatchObject({ kind: "fault" });
    expect(asked).toEqual([joinCode(OURS)]);
    expect(server.get("shifts", OURS)!.fields.participant_ids).toEqual(["you"]);
  });

  it("that is none is said before anybody is asked", async () => {
    expect(await typed("48 29")).toEqual({ kind: "fault", text: "Skriv kodens sex siffror" });
    expect(asked).toEqual([]);
  });

  it("needs coverage, and that is said plainly", async () => {
    phone.isOffline = true;
    expect(await typed(joinCode(THEIRS))).toEqual({ kind: "fault", text: "Servern går inte att nå. Du behöver täckning för att gå med med kod." });
  });

  it.each([
    ["wrong", () => json(404, { error: "code_unknown", message: "" }), "Inget pågående pass har den koden."],
    ["guessed too often", () => json(429, { error: "too_many" }, { "Retry-After": "541" }), "Vänta 10 min"],
    ["of a person who is signed out", () => json(401, { error: "not_signed_in", message: "Du behöver logga in." }), "Du behöver logga in."],
    ["that a captive portal answers", () => new Response("<html>Anslut</html>", { status: 200 }), "Servern går inte att nå."],
    ["answered by a server that is down", () => json(503, { error: "unavailable" }), "Servern går inte att nå."],
  ])("%s is told in words", async (_, answer, words) => {
    network.joins = answer;
    const joining = await typed("123456");
    expect(joining).toMatchObject({ kind: "fault" });
    expect("text" in joining && joining.text).toContain(words);
  });

  it("CL4 whose session has a newer token is asked about once more", async () => {
    const known = network.joins;
    let stale = 1;
    network.joins = (code, user) => (stale-- > 0 ? json(403, { error: "csrf_failed" }) : known(code, user));
    expect(await typed(joinCode(THEIRS))).toEqual({ kind: "coming", shiftId: THEIRS });
    stale = 9;
    expect(await typed("123456")).toMatchObject({ kind: "fault" });
    expect(stale).toBe(7);
  });
});
