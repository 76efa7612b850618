/**
 * CL2: the one function that turns confirmed rows and what waits on the phone into what a person
 * sees. Pure; collections are made when first asked for, and records nothing moved are the same objects
 * as before. Must not know storage, network or time.
 */
import type { Fields, Mutation, Projected, Projection, Receipt } from "../ports";
import { withDefaults } from "./defaults";
import { buildRejections, buildWaiting } from "./kept";
import { groupOverlays, type Overlay, tickOf } from "./overlays";
import { type Confirmed, listed, plainRecords, projected, recordKey } from "./plain";
import type { CollectionName, Rejection } from "./records";

export { type Confirmed, recordKey };

/**
 * A mutation still on the phone. `answered`: its receipt is here, the pulled-down result not yet.
 * `refused`: rejected, or too large to be sent at all (then `receipt` is null). `discarded`: a
 * refusal the server never learns of, put away by the user.
 */
export interface Pending {
  mutation: Mutation;
  state: "queued" | "answered" | "refused" | "discarded";
  receipt: Receipt | null;
}

export interface ProjectionInput {
  userId: string;
  confirmed: ReadonlyMap<string, ReadonlyMap<string, Confirmed>>;
  /** In `device_seq` order. */
  pending: readonly Pending[];
  /** Ids of the mutations under way right now. */
  sending: ReadonlySet<string>;
  /** By `recordKey`: when the server's receipt for this device's last mutation was given. */
  receivedAt: ReadonlyMap<string, string>;
  /** CL4: reading is locked; capture and own unsent records go on. */
  locked: boolean;
}

interface Parent {
  collection: CollectionName;
  field: string;
}
export const PARENTS: Readonly<Record<string, Parent>> = {
  visits: { collection: "shifts", field: "shift_id" },
  observations: { collection: "visits", field: "visit_id" },
  walks: { collection: "walk_groups", field: "group_id" },
};

/** Needed to go on capturing when reading is locked: the register and the words for people and teams. */
const OPEN_WHEN_LOCKED = new Set(["sites", "schools", "districts", "teams", "people", "rejections"]);

type Built = Map<string, Projected>;
type Shown = ReadonlyMap<string, Projected>;

const NO_ROWS: ReadonlyMap<string, Confirmed> = new Map();
const NO_OVERLAYS: ReadonlyMap<string, Overlay[]> = new Map();

export function project(input: ProjectionInput): Projection {
  const overlays = groupOverlays(input);
  const built = new Map<string, Shown>();
  let refusals: Map<string, Rejection[]> | null = null;

  const collection = (name: string): Shown => {
    let records = built.get(name);
    if (!records) {
      if (name === "rejections") records = buildRejections(input, overlays.get(name) ?? NO_OVERLAYS, lay);
      else records = name === "held" || name === "late" ? buildWaiting(name, input) : build(name);
      built.set(name, records);
    }
    return records;
  };

  /** Own rejections nobody has settled, by record. */
  const openRefusals = (): Map<string, Rejection[]> => {
    if (refusals) return refusals;
    refusals = new Map();
    for (const { fields } of collection("rejections").values()) {
      const rejection = fields as Rejection;
      if (rejection.author_id !== input.userId) continue;
      if (rejection.state !== "open" && rejection.state !== "handed_over") continue;
      const key = recordKey(rejection.collection, rejection.record_id);
      refusals.set(key, [...(refusals.get(key) ?? []), rejection]);
    }
    return refusals;
  };

  const build = (name: string): Shown => {
    const rows = input.confirmed.get(name) ?? NO_ROWS;
    const waiting = overlays.get(name) ?? NO_OVERLAYS;
    const refused = openRefusals();
    const isOpen = !input.locked || OPEN_WHEN_LOCKED.has(name);
    const plain = plainRecords(name, rows, input.receivedAt);
    if (isOpen && waiting.size === 0 && refused.size === 0 && !PARENTS[name]) return plain;
    const records: Built = new Map(plain);
    if (!isOpen) {
      for (const [id, row] of rows) if (!waiting.has(id) && !isOwnOpenShift(name, row, input.userId)) records.delete(id);
    }
    for (const [key, rejections] of refused) {
      const slash = key.indexOf("/");
      if (key.slice(0, slash) !== name) continue;
      const id = key.slice(slash + 1);
      const record = records.get(id) ?? refusedCreate(name, id, rejections);
      if (record) records.set(id, { ...record, tick: "refused", receivedAt: null, rejectionId: rejections.at(-1)!.id });
    }
    for (const [id, list] of waiting) {
      for (const overlay of list) lay(records, name, id, overlay);
      const record = records.get(id);
      const waits = list.findLast((overlay) => overlay.waits !== null)?.waits ?? null;
      if (record) records.set(id, { ...record, tick: tickOf(record.tick, list, input.sending), waits });
    }
    hideOrphans(name, records);
    return records;
  };

  const received = (name: string, id: string): string | null => input.receivedAt.get(recordKey(name, id)) ?? null;

  /** A rejected create stays visible as it was sent, edits that fell with it included. */
  const refusedCreate = (name: string, id: string, rejections: Rejection[]): Projected | undefined => {
    const create = rejections.find((rejection) => rejection.op === "create");
    if (!create) return undefined;
    const edits = rejections.filter((rejection) => rejection.op === "update").map((rejection) => rejection.fields);
    return projected(name, id, withDefaults(name, Object.assign({}, create.fields, ...edits)), 0, received(name, id));
  };

  const lay = (records: Built, name: string, id: string, overlay: Overlay): void => {
    const base = records.get(id);
    if (overlay.op === "delete") records.delete(id);
    else if (base) {
      // A correction settles the refusal it replaces; other edits leave it standing.
      const settled = overlay.replaces !== null && overlay.replaces === base.rejectionId;
      // PU5: who has decided on a conflict sees it settled at once.
      const decided = name === "conflicts" && "resolution" in overlay.fields ? { state: "resolved" } : {};
      const fresh = { ...base, fields: { ...base.fields, ...overlay.fields, ...decided } as unknown as Projected["fields"] };
      if (settled) Object.assign(fresh, { tick: "received", rejectionId: null });
      records.set(id, fresh);
    } else if (overlay.op === "create") {
      records.set(id, projected(name, id, withDefaults(name, overlay.fields), 0, received(name, id)));
    }
  };

  /** PL7: a child may come before its parent; it is shown once the parent is. */
  const hideOrphans = (name: string, records: Built): void => {
    const parent = PARENTS[name];
    if (!parent) return;
    const parents = collection(parent.collection);
    for (const [id, record] of records) {
      const parentId = (record.fields as unknown as Fields)[parent.field];
      if (typeof parentId !== "string" || !parents.has(parentId)) records.delete(id);
    }
  };

  return {
    all: <C extends CollectionName>(name: C) => listed(collection(name)) as unknown as readonly Projected<C>[],
    get: <C extends CollectionName>(name: C, id: string) => collection(name).get(id) as unknown as Projected<C> | undefined,
  };
}

/** What somebody sees who is not signed in. */
export const NOTHING: Projection = project({
  userId: "", confirmed: new Map(), pending: [], sending: new Set(), receivedAt: new Map(), locked: false,
});

/** The shift one is out on has to stay, or nothing could be written down in it. */
function isOwnOpenShift(name: string, row: Confirmed, userId: string): boolean {
  return name === "shifts" && row.fields.status === "draft"
    && (row.fields.created_by === userId || (row.fields.participant_ids as string[] | undefined)?.includes(userId) === true);
}
