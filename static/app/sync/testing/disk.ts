/** What somebody reads who has the phone's storage but not the app: every database as text. */

const asked = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error ?? new Error("read"));
});

/** Return everything stored on a phone, by database and store. */
export async function everythingStored(indexedDB: IDBFactory): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name!));
    for (const store of db.objectStoreNames) {
      found[`${name}/${store}`] = await asked(db.transaction(store).objectStore(store).getAll());
    }
    db.close();
  }
  return found;
}
