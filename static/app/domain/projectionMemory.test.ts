/** U02, CL2: what the projection remembers between two saves must never show; it only saves work. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CollectionName } from "./records";
import { type Confirmed, type Pending, project, type ProjectionInput } from "./projection";

const NAMES = ["sites", "shifts", "visits", "observations", "rejections", "held", "conflicts"] as const;
const PARENT_FIELD: Record<string, string> = { visits: "shift_id", observations: "visit_id" };

const name = fc.constantFrom(...NAMES);
const id = fc.constantFrom("1", "2", "3");
const fields = fc.record({
  reason: fc.constantFrom("a", "b"), parent: id, created_by: fc.constantFrom("me", "other"), author_id: fc.constantFrom("me", "other"),
  status: fc.constantFrom("draft", "approved"), state: fc.constantFrom("open", "waiting", "discarded", "handed_over"),
  collection: name, record_id: id, op: fc.constantFrom("create", "update"), mutation_id: fc.constantFrom("m1", "m2", "m3"), fields: fc.constant({ reason: "sent" }),
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("confirm" as const), name, id, fields }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), name, id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reject" as const), name, id, state: fc.constantFrom("open", "discarded") }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("save" as const), name, id, fields, op: fc.constantFrom("create" as const, "update" as const, "delete" as const), replaces: fc.option(id) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("settle" as const), at: fc.nat(5), state: fc.constantFrom("answered" as const, "refused" as const, "discarded" as const, "gone" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("receive" as const), name, id, at: fc.constantFrom("18:00", "19:00") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("send" as const), at: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lock" as const), locked: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const withParent = (collection: string, { parent, ...rest }: { parent: string }) => (
  PARENT_FIELD[collection] ? { ...rest, [PARENT_FIELD[collection]]: parent } : rest
);

/** The next input, made as the store makes it: what did not move keeps its identity. */
function next(input: ProjectionInput, change: Step, seq: number): ProjectionInput {
  const rows = (collection: string, edit: (records: Map<string, Confirmed>) => void): ProjectionInput => {
    const records = new Map(input.confirmed.get(collection));
    edit(records);
    return { ...input, confirmed: new Map(input.confirmed).set(collection, records) };
  };
  switch (change.do) {
    case "confirm": return rows(change.name, (records) => records.set(change.id, { version: seq, fields: withParent(change.name, change.fields) }));
    case "forget": return rows(change.name, (records) => records.delete(change.id));
    case "reject": return rows("rejections", (records) => records.set("1", {
      version: seq, fields: { collection: change.name, record_id: change.id, op: "update", fields: {}, author_id: "me", state: change.state },
    }));
    case "save": {
      const mutation = {
        id: `m${seq}`, device_seq: seq, collection: change.name, record_id: change.id, op: change.op, base_version: 0,
        fields: withParent(change.name, change.fields), made_at: "", replaces: change.replaces,
      };
      return { ...input, pending: [...input.pending, { mutation, state: "queued", receipt: null }] };
    }
    case "settle": return {
      ...input,
      pending: input.pending.flatMap((entry, at): Pending[] => (
        at !== change.at ? [entry] : change.state === "gone" ? [] : [{ ...entry, state: change.state }]
      )),
    };
    case "receive": return { ...input, receivedAt: new Map(input.receivedAt).set(`${change.name}/${change.id}`, change.at) };
    case "send": return { ...input, sending: new Set(input.pending.slice(change.at, change.at + 2).map((entry) => entry.mutation.id)) };
    case "lock": return { ...input, locked: change.locked };
  }
}

const EMPTY: ProjectionInput = { userId: "me", confirmed: new Map(), pending: [], sending: new Set(), receivedAt: new Map(), locked: false };
const seen = (input: ProjectionInput) => {
  const projection = project(input);
  return NAMES.map((one) => [one, projection.all(one as CollectionName)]);
};

describe("U02 projecting only what moved", () => {
  it("CL2 after every step of any history equals projecting everything from nothing", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let input = EMPTY;
      for (const [at, change] of steps.entries()) {
        input = next(input, change, at + 1);
        // Copies are rows nobody has met: nothing can be remembered of them.
        expect(seen(input)).toEqual(seen(structuredClone(input)));
      }
    }), { numRuns: 400, seed: 20261123 });
  });

  it("CL2 an earlier projection still says what it said", () => {
    fc.assert(fc.property(fc.array(step, { minLength: 2, maxLength: 15 }), (steps) => {
      let input = EMPTY;
      const before: { then: unknown; copy: unknown }[] = [];
      for (const [at, change] of steps.entries()) {
        const then = seen(input);
        before.push({ then, copy: structuredClone(then) });
        input = next(input, change, at + 1);
        seen(input);
      }
      for (const { then, copy } of before) expect(then).toEqual(copy);
    }), { numRuns: 100, seed: 20261124 });
  });

  it("U02 a save leaves every other record the same object", () => {
    const row = (version: number): Confirmed => ({ version, fields: { reason: String(version) } });
    const confirmed = new Map([["shifts", new Map([["a", row(1)], ["b", row(2)]])], ["sites", new Map([["s", row(3)]])]]);
    const first = project({ ...EMPTY, confirmed });
    const records = [first.get("shifts", "a"), first.get("shifts", "b"), first.get("sites", "s")];
    const mutation = { id: "m", device_seq: 1, collection: "shifts", record_id: "a", op: "update" as const, base_version: 1, fields: { reason: "new" }, made_at: "", replaces: null };
    const second = project({ ...EMPTY, confirmed, pending: [{ mutation, state: "queued", receipt: null }] });
    expect(second.get("shifts", "a")?.fields.reason).toBe("new");
    expect(second.get("shifts", "b")).toBe(records[1]);
    expect(second.get("sites", "s")).toBe(records[2]);
    expect(second.all("sites")).toBe(first.all("sites"));
    expect(records[0]?.fields).toMatchObject({ reason: "1" });
  });
});
