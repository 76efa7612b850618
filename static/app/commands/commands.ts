/**
 * The only writes a screen makes. Each saved action is a mutation of its own (PU14), checked on the
 * phone first (PU13); drafts are the phone's own and never sent. Knows no network.
 */
import { withDefaults } from "../domain/defaults";
import { isEqual } from "../domain/equal";
import { PersonalNumberRefused, RecordHasChildren, RecordMissing, RejectionNotArrived, RejectionOnlyHere } from "../domain/errors";
import { personalNumberPaths } from "../domain/personalNumber";
import { PARENTS } from "../domain/projection";
import type { CollectionName } from "../domain/records";
import type { Changes, Commands, Draft, Fields, Op, Projection } from "../ports";
import type { Action } from "../store/queue";
import type { FieldStore } from "../store/store";

export interface CommandParts {
  store: () => FieldStore;
  projection: () => Projection;
  newId: () => string;
  timestamp: () => string;
  /** The phone's own clock as it stands: the server corrects it by the offset it sees in `sent_at` (PU15). */
  madeAt: () => string;
  /** Called after every write, so that the engine starts (CL5). */
  wake: () => void;
}

/** What one action will write. */
interface Plan {
  actions: Action[];
  /** Refusals known only here that are put away with it. */
  discarded: string[];
  /** Drafts that are kept with it. */
  drafts: Draft[];
}

const nothing = (): Plan => ({ actions: [], discarded: [], drafts: [] });

export function createCommands({ store, projection, newId, timestamp, madeAt, wake }: CommandParts): Commands {
  const action = (collection: string, record_id: string, op: Op, fields: Fields, replaces: string | null = null): Action => (
    { id: newId(), collection, record_id, op, fields, made_at: madeAt(), replaces }
  );
  const seenAs = (one: Action, seen: number): Action => ({ ...one, seen });

  async function write({ actions, discarded, drafts }: Plan): Promise<void> {
    const paths = actions.flatMap((one) => personalNumberPaths(one.fields));
    if (paths.length > 0) throw new PersonalNumberRefused(paths);
    if (actions.length === 0 && drafts.length === 0) return;
    await store().write(actions, discarded, drafts);
    wake();
  }

  /** Children before their parents, as PU9 wants them deleted. */
  function deletions(collection: CollectionName, id: string, seen?: number): Action[] {
    const below = Object.entries(PARENTS).flatMap(([name, parent]) => (
      parent.collection !== collection ? [] : projection().all(name as CollectionName)
        .filter((child) => (child.fields as unknown as Fields)[parent.field] === id)
        .flatMap((child) => deletions(name as CollectionName, child.id))
    ));
    return [...below, seenAs(action(collection, id, "delete", {}), seen ?? projection().get(collection, id)?.version ?? 0)];
  }

  function find(rejectionId: string) {
    const rejection = projection().get("rejections", rejectionId);
    if (!rejection) throw new RecordMissing();
    const { mutation_id } = rejection.fields;
    const local = store().snapshot().pending.find((entry) => entry.mutation.id === mutation_id && entry.state !== "queued");
    // Known only here: the server never saw it (too large), or its own record of it is still to come.
    const here = rejection.version === 0;
    if (here && local?.receipt) throw new RejectionNotArrived();
    return { fields: rejection.fields, here };
  }

  function correct(plan: Plan, rejectionId: string, changes: Fields): void {
    const { fields: refused, here } = find(rejectionId);
    const collection = refused.collection as CollectionName;
    const known = (projection().get(collection, refused.record_id)?.version ?? 0) > 0;
    // A create that was refused because the record is there goes on as an edit of it.
    const op = refused.op === "create" && known ? "update" : refused.op;
    const fields = op === "delete" ? {} : defined({ ...refused.fields, ...changes });
    plan.actions.push(action(collection, refused.record_id, op, fields, here ? null : rejectionId));
    if (here) plan.discarded.push(rejectionId);
  }

  async function setState(rejectionId: string, state: "open" | "handed_over" | "discarded"): Promise<void> {
    const { fields, here } = find(rejectionId);
    if (fields.state === state) return;
    if (here && state === "handed_over") throw new RejectionOnlyHere();
    if (here) await store().setDiscarded(rejectionId, state === "discarded");
    else await write({ ...nothing(), actions: [action("rejections", rejectionId, "update", { state })] });
  }

  const changesInto = (plan: Plan): Changes => ({
    create: (collection, fields) => {
      const id = newId();
      plan.actions.push(action(collection, id, "create", defined(fields)));
      return id;
    },
    update: (collection, id, fields, seen) => {
      const record = projection().get(collection, id);
      if (!record) throw new RecordMissing();
      const now = withDefaults(collection, record.fields as unknown as Fields);
      const changed = Object.fromEntries(
        Object.entries(defined(fields)).filter(([name, value]) => !isEqual(value, now[name])),
      );
      if (Object.keys(changed).length === 0) return;
      // A record that exists only as a refused create is edited by correcting the refusal (PU12).
      if (record.tick === "refused" && record.version === 0 && record.rejectionId) {
        const create = projection().all("rejections").find(({ fields: refusal }) => (
          refusal.record_id === id && refusal.op === "create" && (refusal.state === "open" || refusal.state === "handed_over")
        ));
        correct(plan, create?.id ?? record.rejectionId, changed);
      } else plan.actions.push(seenAs(action(collection, id, "update", changed), seen ?? record.version));
    },
    remove: (collection, id, seen) => {
      if (!projection().get(collection, id)) throw new RecordMissing();
      // What this action has removed before hangs on it no longer.
      const gone = new Set(plan.actions.filter(({ op }) => op === "delete").map(({ record_id }) => record_id));
      const all = deletions(collection, id, seen).filter(({ record_id }) => !gone.has(record_id));
      // PU9: a shift goes only as an empty draft.
      if (collection === "shifts" && all.length > 1) throw new RecordHasChildren();
      plan.actions.push(...all);
    },
    keep: (key, value) => void plan.drafts.push({ key, value, updatedAt: timestamp() }),
  });

  async function together<T>(act: (changes: Changes) => T): Promise<T> {
    const plan = nothing();
    const result = act(changesInto(plan));
    await write(plan);
    return result;
  }

  return {
    together,
    create: (collection, fields) => together((changes) => changes.create(collection, fields)),
    update: (collection, id, fields, seen) => together((changes) => changes.update(collection, id, fields, seen)),
    remove: (collection, id) => together((changes) => changes.remove(collection, id)),
    correct: async (rejectionId, fields) => {
      const plan = nothing();
      correct(plan, rejectionId, fields);
      await write(plan);
    },
    discard: (rejectionId) => setState(rejectionId, "discarded"),
    handOver: (rejectionId) => setState(rejectionId, "handed_over"),
    takeBack: (rejectionId) => setState(rejectionId, "open"),
    resolve: async (conflictId, resolution) => {
      if (!projection().get("conflicts", conflictId)) throw new RecordMissing();
      await write({ ...nothing(), actions: [action("conflicts", conflictId, "update", { resolution })] });
    },
    noteOpened: async (id) => {
      if (store().snapshot().meta.opened.includes(id)) return;
      await store().noteOpened(id);
      wake();
    },
    timestamp,
    newId,
    // Also without a store a form that is closing is answered, not thrown at (CL8: another tab signed out).
    saveDraft: async (key, value) => store().saveDraft({ key, value, updatedAt: timestamp() }),
    readDraft: async (key) => store().readDraft(key),
    dropDraft: async (key) => store().dropDraft(key),
    allDrafts: async () => store().allDrafts(),
  };
}

const defined = (fields: object): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
