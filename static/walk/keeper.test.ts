/** An answer is received once and once only: dropped on the way, said twice, or met by a captive portal. */
import { beforeEach, describe, expect, test } from "vitest";
import { createKeeper, outcomeOf, type Keeper, type Shown } from "./keeper";

type Way = "through" | "lost_there" | "lost_back" | "portal" | "portal_json" | "busy";

/** The server's side of the contract: the same id counts once. */
class Server {
  received: Record<string, string>[] = [];
  version = 1;
  asked = 0;
  ways: Way[] = [];
  refuse: string | null = null;
  /** Pages whose link has ended. */
  ended: string[] = [];

  fetcher: typeof fetch = async (page, init) => {
    this.asked += 1;
    const way = this.ways.shift() ?? "through";
    if (way === "lost_there") throw new TypeError("network");
    if (way === "portal") return new Response("<h1>Logga in på tågets wifi</h1>", { status: 200 });
    if (way === "portal_json") return Response.json({ ok: true });
    if (way === "busy") return Response.json({ error: "unavailable", answer: "", message: "" }, { status: 503 });
    const said = Object.fromEntries(new URLSearchParams(String(init?.body)));
    if (this.ended.includes(String(page))) return Response.json({ error: "not_found", message: "Länken gäller inte.", fields: {}, answer: said["id"] }, { status: 404 });
    const answer = this.take(said);
    if (way === "lost_back") throw new TypeError("network");
    return answer;
  };

  private take(said: Record<string, string>): Response {
    const id = said["id"] ?? "";
    const before = this.received.some((one) => one["id"] === id);
    if (this.refuse && !before) {
      return Response.json({ error: "invalid", message: "", fields: { note: [this.refuse] }, answer: id }, { status: 422 });
    }
    if (!before && said["version"] !== String(this.version)) {
      return Response.json({ error: "conflict", message: "Ändrad", fields: {}, answer: id }, { status: 409 });
    }
    if (!before) {
      this.received.push(said);
      this.version += 1;
    }
    return Response.json({ received: id, version: this.version, repeated: before });
  }
}

let name = 0;
let server: Server;
let ids: number;
const moves: { walkId: string; from: number; to: number }[] = [];
const LOG = { walk_id: "w", kind: "log", version: "1", walkers: "3", note: "Mörkt vid gången" };

const keeperOf = (page = "/walk/a", days = 0): Promise<Keeper> =>
  createKeeper({
    page,
    walkIds: ["w"],
    fetcher: server.fetcher,
    now: () => 1_700_000_000_000 + ids + days * 24 * 3600_000,
    newId: () => `id-${(ids += 1)}`,
    onChange: (moved) => void (moved && moves.push(moved)),
    name: `walk-${name}`,
  });

const states = async (keeper: Keeper): Promise<Shown["state"][]> => (await keeper.shown()).map((one) => one.state);

beforeEach(() => {
  name += 1;
  ids = 0;
  moves.length = 0;
  server = new Server();
});

describe("an answer is received once and once only", () => {
  const ways: Way[][] = [
    ["through"],
    ["lost_there", "through"],
    ["lost_back", "through"],
    ["lost_back", "lost_back", "lost_there", "portal", "through"],
    ["portal", "portal_json", "busy", "through"],
  ];
  test.each(ways.map((list) => [list.join(" "), list] as const))("%s", async (_, list) => {
    const keeper = await keeperOf();
    server.ways = [...list];
    await keeper.keep(LOG);
    for (const way of list) {
      expect(await states(keeper)).toEqual(["saved"]);
      await keeper.flush();
      expect(await states(keeper)).toEqual([way === "through" ? "received" : "saved"]);
    }
    expect(server.received.map((one) => one["note"])).toEqual(["Mörkt vid gången"]);
    await keeper.flush();
    expect(server.asked).toBe(list.length);
  });

  test("sent from two places of the page at the same moment", async () => {
    const keeper = await keeperOf();
    await keeper.keep(LOG);
    await Promise.all([keeper.flush(), keeper.flush(), keeper.flush()]);
    expect([server.asked, server.received.length]).toEqual([1, 1]);
  });

  test("sent by two windows at once", async () => {
    const [one, other] = [await keeperOf(), await keeperOf()];
    await one.keep(LOG);
    await Promise.all([one.flush(), other.flush()]);
    expect(server.received.length).toBe(1);
    expect(await states(other)).toEqual(["received"]);
  });

  test("and what one window has received, a refusal that another meets does not take back", async () => {
    const [one, other] = [await keeperOf(), await keeperOf()];
    await one.keep(LOG);
    const late = await createKeeper({
      page: "/walk/a",
      walkIds: ["w"],
      fetcher: async (_page, init) => {
        await one.flush();
        const id = new URLSearchParams(String(init?.body)).get("id");
        return Response.json({ error: "not_found", message: "Länken gäller inte.", fields: {}, answer: id }, { status: 404 });
      },
      now: () => 1,
      newId: () => "unused",
      onChange: () => undefined,
      name: `walk-${name}`,
    });
    await late.flush();
    expect([await states(other), server.received.length]).toEqual([["received"], 1]);
  });

  test("after the page was closed in between", async () => {
    server.ways = ["lost_back"];
    const before = await keeperOf();
    await before.keep(LOG);
    await before.flush();
    const after = await keeperOf();
    await after.flush();
    expect(server.received.length).toBe(1);
    const [shown] = await after.shown();
    expect([shown?.state, shown?.fields]).toEqual(["received", {}]);
  });
});

test("while an answer is on its way it says so", async () => {
  const seen: string[] = [];
  const direct = server.fetcher;
  server.fetcher = async (...given) => {
    seen.push(...(await states(keeper)));
    return direct(...given);
  };
  const keeper = await keeperOf();
  await keeper.keep(LOG);
  await keeper.flush();
  expect([seen, await states(keeper)]).toEqual([["sending"], ["received"]]);
});

test("answers go in order, each said of the walk as the one before left it", async () => {
  const keeper = await keeperOf();
  server.ways = ["lost_there"];
  await keeper.keep({ walk_id: "w", kind: "coming", version: "1", walkers: "4" });
  await keeper.keep(LOG);
  await keeper.flush();
  expect(server.asked).toBe(1);
  await keeper.flush();
  expect(server.received.map((one) => [one["kind"], one["version"]])).toEqual([["coming", "1"], ["log", "2"]]);
  expect(moves).toEqual([{ walkId: "w", from: 1, to: 2 }, { walkId: "w", from: 2, to: 3 }]);
});

test("what is refused stays with its words until another is kept in its place", async () => {
  const keeper = await keeperOf();
  server.refuse = "Innehåller ett personnummer.";
  await keeper.keep(LOG);
  await keeper.flush();
  const [refused] = await keeper.shown();
  expect([refused?.state, refused?.message, refused?.fields["note"]]).toEqual(["refused", server.refuse, LOG.note]);
  await keeper.flush();
  expect(server.asked).toBe(1);
  server.refuse = null;
  await keeper.keep({ ...LOG, note: "Mörkt" }, refused?.id);
  await keeper.flush();
  expect([await states(keeper), server.received.map((one) => one["note"])]).toEqual([["received"], ["Mörkt"]]);
});

test("what somebody else moved is not written over", async () => {
  const keeper = await keeperOf();
  server.version = 5;
  await keeper.keep(LOG);
  await keeper.flush();
  expect([await states(keeper), server.received.length]).toEqual([["refused"], 0]);
});

test("another link's page sends and shows nothing of this one's", async () => {
  await (await keeperOf()).keep({ ...LOG, walk_id: "another group's" });
  const other = await keeperOf("/walk/b");
  await other.flush();
  expect([await other.shown(), server.asked]).toEqual([[], 0]);
});

test("only the page's own answer, about this very one, is a receipt", () => {
  const own = { received: "x", version: 2, repeated: false };
  expect(outcomeOf("x", 200, own).kind).toBe("received");
  const none: [number, unknown][] = [
    [200, null], [200, "x"], [200, []], [200, {}], [200, { ...own, received: "y" }], [200, { received: "x" }],
    [201, own], [302, own], [403, { error: "csrf_failed", answer: "x" }], [422, { error: "invalid", answer: "y" }],
    [422, {}], [429, { error: "too_many", answer: "x" }], [500, { error: "internal", answer: "x" }],
  ];
  for (const [status, body] of none) expect(outcomeOf("x", status, body).kind).toBe("later");
});

describe("what a phone kept under a link that was replaced", () => {
  test("goes by the new one when the old had ended", async () => {
    const old = await keeperOf("/walk/old");
    server.ended = ["/walk/old"];
    await old.keep(LOG);
    await old.flush();
    expect(await states(old)).toEqual(["refused"]);
    const anew = await keeperOf("/walk/new");
    await anew.flush();
    expect([await states(anew), server.received.length]).toEqual([["received"], 1]);
  });

  test.each(["invalid", "moved"])("is seen there, and not sent again by itself, where it was refused for what it says: %s", async (why) => {
    const old = await keeperOf("/walk/old");
    if (why === "invalid") server.refuse = "Innehåller ett personnummer.";
    else server.version = 5;
    await old.keep(LOG);
    await old.flush();
    server.refuse = null;
    server.version = 1; // it would be received now
    const anew = await keeperOf("/walk/new");
    await anew.flush();
    const [shown] = await anew.shown();
    expect([server.asked, server.received.length, shown?.state, shown?.fields["note"]]).toEqual([1, 0, "refused", LOG.note]);
    expect(shown?.message).not.toBe("");
  });

  test("goes by the new one under the same id, and counts once", async () => {
    const old = await keeperOf("/walk/old");
    server.ways = ["lost_back"];
    await old.keep(LOG);
    await old.flush();
    const anew = await keeperOf("/walk/new");
    expect(await states(old)).toEqual([]);
    await anew.flush();
    expect([await states(anew), server.received.length]).toEqual([["received"], 1]);
  });

  test("stays where it was when the new page shows other walks", async () => {
    const old = await keeperOf("/walk/old");
    await old.keep({ ...LOG, walk_id: "another" });
    await keeperOf("/walk/new");
    expect(await states(old)).toEqual(["saved"]);
  });

  test("is kept for ninety days at most, whatever became of it", async () => {
    await (await keeperOf()).keep(LOG);
    expect(await states(await keeperOf("/walk/a", 89))).toEqual(["saved"]);
    expect(await states(await keeperOf("/walk/a", 91))).toEqual([]);
  });
});
