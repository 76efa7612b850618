/**
 * What screens write, but nothing into an approved pass: the server keeps such a thing aside for the leader (PU11), and a
 * phone that knows must not say *Sparad* of it. What was written before it knew goes its way.
 */
import { isLocked } from "../domain/locked";
import type { Changes, Commands, Fields, Projection } from "../ports";
import { NotNow } from "./announce";

/** Raises NotNow with the words that say why. */
export function withLock(commands: Commands, records: () => Projection): Commands {
  const check = (collection: string, id: string, fields: object = {}): void => {
    if (isLocked(records(), collection, id, fields as Fields)) throw new NotNow("status.lockedHint");
  };
  const locked = (changes: Changes): Changes => ({
    ...changes,
    create: (collection, fields) => (check(collection, "", fields), changes.create(collection, fields)),
    update: (collection, id, fields, seen) => (check(collection, id), changes.update(collection, id, fields, seen)),
    remove: (collection, id, seen) => (check(collection, id), changes.remove(collection, id, seen)),
  });
  return {
    ...commands,
    together: (act) => commands.together((changes) => act(locked(changes))),
    create: async (collection, fields) => (check(collection, "", fields), commands.create(collection, fields)),
    update: async (collection, id, fields, seen) => (check(collection, id), commands.update(collection, id, fields, seen)),
    remove: async (collection, id) => (check(collection, id), commands.remove(collection, id)),
    correct: async (rejectionId, fields) => {
      const refused = records().get("rejections", rejectionId)?.fields;
      if (refused) check(refused.collection, refused.record_id, refused.fields);
      return commands.correct(rejectionId, fields);
    },
  };
}
