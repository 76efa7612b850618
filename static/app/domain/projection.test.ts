/** CL2, CL3, PL7: what a person sees of confirmed and pending. */
import { describe, expect, it } from "vitest";
import type { Fields, Mutation, Receipt } from "../ports";
import { type Pending, project, type ProjectionInput } from "./projection";

const ME = "me";
let seq = 0;
function pending(op: Mutation["op"], collection: string, record_id: string, fields: Fields, more: Partial<Pending> & { replaces?: string } = {}): Pending {
  const { replaces = null, ...rest } = more;
  seq++;
  const mutation = { id: `m${seq}`, device_seq: seq, collection, record_id, op, base_version: 0, fields, made_at: "", replaces };
  return { mutation, state: "queued", receipt: null, ...rest };
}
const receipt = (status: Receipt["status"], slug?: string): Receipt => ({
  mutation_id: "", status, replayed: false, version: 1, conflict_id: null, error: slug ? { slug, message: "", fields: {} } : null,
});
function view(confirmed: Record<string, Record<string, Fields>>, waiting: Pending[] = [], more: Partial<ProjectionInput> = {}) {
  const rows = Object.entries(confirmed).map(([name, records]) => [
    name, new Map(Object.entries(records).map(([id, fields]) => [id, { version: 1, fields }])),
  ] as const);
  return project({ userId: ME, confirmed: new Map(rows), pending: waiting, sending: new Set(), receivedAt: new Map(), locked: false, ...more });
}
const rejection = (more: Fields): Fields => ({
  mutation_id: "gone", collection: "shifts", record_id: "s", op: "create", fields: { reason: "sent" }, slug: "invalid", author_id: ME, state: "open", ...more,
});

describe("CL2 projection", () => {
  it("CL2 pending lies over confirmed in device_seq order and confirmed stays as it was", () => {
    const confirmed = { shifts: { s: { reason: "server", status: "draft" } } };
    const seen = view(confirmed, [pending("update", "shifts", "s", { reason: "one" }), pending("update", "shifts", "s", { reason: "two" })]);
    expect(seen.get("shifts", "s")).toMatchObject({ fields: { reason: "two", status: "draft" }, tick: "saved", version: 1 });
    expect(confirmed.shifts.s.reason).toBe("server");
  });

  it("CL3 a record is sending while any of its mutations is under way", () => {
    const waiting = pending("create", "shifts", "s", {});
    expect(view({}, [waiting], { sending: new Set([waiting.mutation.id]) }).get("shifts", "s")?.tick).toBe("sending");
    expect(view({}, [waiting]).get("shifts", "s")?.tick).toBe("saved");
  });

  it("CL3 a pending create looks as it will after its receipt", () => {
    const seen = view({ shifts: { s: {} } }, [
      pending("create", "visits", "v", { shift_id: "s" }), pending("create", "observations", "o", { visit_id: "v", counts: [{ present: 1 }] }),
    ]);
    expect(seen.get("visits", "v")?.fields).toMatchObject({ actions: [], left_at: null, entered_afterwards: false });
    expect(seen.get("observations", "o")?.fields).toMatchObject({ people_basis: "counted", topics: [] });
  });

  it("PL7 children whose parents are absent are hidden, grandchildren too", () => {
    const rows = { visits: { v: { shift_id: "s" } }, observations: { o: { visit_id: "v" } } };
    expect(view(rows).all("observations")).toEqual([]);
    expect(view({ ...rows, shifts: { s: {} } }).all("observations")).toHaveLength(1);
    expect(view({ ...rows, shifts: { s: {} } }, [pending("delete", "visits", "v", {})]).all("observations")).toEqual([]);
  });

  it("CL3 a rejected create stays visible with the fields as sent, from the receipt and from the rejection alike", () => {
    const local = view({}, [pending("create", "shifts", "s", { reason: "sent" }, { state: "refused", receipt: receipt("rejected", "invalid") })]);
    const pulled = view({ rejections: { r: rejection({}) } });
    for (const seen of [local, pulled]) expect(seen.get("shifts", "s")).toMatchObject({ tick: "refused", version: 0, fields: { reason: "sent" } });
    expect(pulled.get("shifts", "s")?.rejectionId).toBe("r");
    const before = view({ rejections: { r: rejection({}) } }, [], { receivedAt: new Map([["shifts/s", "2026-11-23T17:00:00Z"]]) });
    expect(before.get("shifts", "s")?.receivedAt).toBeNull();
  });

  it("CL3 both at once count as one", () => {
    const refused = pending("create", "shifts", "s", {}, { state: "refused", receipt: receipt("rejected", "invalid") });
    const seen = view({ rejections: { r: rejection({ mutation_id: refused.mutation.id }) } }, [refused]);
    expect(seen.all("rejections").map((record) => record.id)).toEqual(["r"]);
  });

  it.each(["discarded", "replayed", "corrected"])("CL3 a %s rejection no longer shows a record", (state) => {
    expect(view({ rejections: { r: rejection({ state }) } }).all("shifts")).toEqual([]);
  });

  it("PU12 discarding and correcting show at once", () => {
    const rows = { rejections: { r: rejection({}) } };
    expect(view(rows, [pending("update", "rejections", "r", { state: "discarded" })]).all("shifts")).toEqual([]);
    const corrected = view(rows, [pending("create", "shifts", "s", { reason: "right" }, { replaces: "r" })]);
    expect(corrected.get("shifts", "s")).toMatchObject({ tick: "saved", rejectionId: null, fields: { reason: "right" } });
    expect(corrected.get("rejections", "r")?.fields.state).toBe("corrected");
  });

  it("CL3 a rejected edit leaves the confirmed fields and says so", () => {
    const seen = view({ shifts: { s: { reason: "server" } }, rejections: { r: rejection({ op: "update" }) } });
    expect(seen.get("shifts", "s")).toMatchObject({ tick: "refused", version: 1, fields: { reason: "server" } });
  });

  it("X36 a colleague's rejection shows no record here", () => {
    expect(view({ rejections: { r: rejection({ author_id: "colleague" }) } }).all("shifts")).toEqual([]);
  });

  it("PU9 PU11 own held and late mutations stay visible until they are taken in", () => {
    const held = (state: string) => ({ held: { h: { mutation_id: "x", collection: "visits", record_id: "v", op: "create", fields: { shift_id: "s" }, author_id: ME, state } }, shifts: { s: {} } });
    expect(view(held("waiting")).get("visits", "v")?.tick).toBe("received");
    expect(view(held("rejected")).all("visits")).toEqual([]);
  });

  it.each(["held", "late"] as const)("PU9 PU11 a record says that it is %s, from the receipt and from the server's row alike, until it is settled", (waits) => {
    const row = (state: string, author_id = ME) => ({ mutation_id: "x", collection: "visits", record_id: "v", op: "update", fields: { outcome: "observed" }, author_id, state });
    const rows = { shifts: { s: {} }, visits: { v: { shift_id: "s" } } };
    const answered = pending("update", "visits", "v", { outcome: "observed" }, { state: "answered", receipt: receipt(waits) });
    for (const seen of [view(rows, [answered]), view({ ...rows, [waits]: { h: row("waiting") } })]) {
      expect(seen.get("visits", "v")).toMatchObject({ waits, tick: "received", fields: { outcome: "observed" } });
      expect(seen.all(waits).map(({ fields }) => fields.state)).toEqual(["waiting"]);
    }
    for (const seen of [view({ ...rows, [waits]: { h: row("applied") } }), view({ ...rows, [waits]: { h: row("waiting", "colleague") } }), view(rows)]) {
      expect(seen.get("visits", "v")?.waits).toBeNull();
    }
    const both = view({ ...rows, [waits]: { h: { ...row("waiting"), mutation_id: answered.mutation.id } } }, [answered]);
    expect(both.all(waits).map(({ id }) => id)).toEqual(["h"]);
    expect(view({ ...rows, [waits]: { h: row("waiting"), other: row("waiting", "colleague") } }, [], { locked: true }).all(waits).map(({ id }) => id)).toEqual(["h"]);
  });

  it("PU5 a conflict one has decided on is resolved at once", () => {
    const rows = { conflicts: { c: { state: "open", resolution: null, server: { reason: "a" }, sent: { reason: "b" } } } };
    const resolution = { reason: { choice: "sent" } };
    const seen = view(rows, [pending("update", "conflicts", "c", { resolution })]);
    expect(seen.get("conflicts", "c")).toMatchObject({ tick: "saved", fields: { state: "resolved", resolution } });
  });

  it("CL4 a locked phone shows the register, the shift one is out on and what is unsent, nothing else", () => {
    const rows = { sites: { p: {} }, shifts: { s: { status: "draft", created_by: ME }, old: { status: "approved", created_by: ME } }, visits: { v: { shift_id: "s" } } };
    const seen = view(rows, [pending("create", "visits", "new", { shift_id: "s" })], { locked: true });
    expect([seen.all("sites").length, seen.all("shifts").map((one) => one.id), seen.all("visits").map((one) => one.id)]).toEqual([1, ["s"], ["new"]]);
  });
});
