/**
 * What belongs to the phone and not to one user: which device each user is here (two users of one
 * phone are two devices) and the last session answer, so that the app starts without coverage.
 */
import type { Session } from "../ports";
import type { IndexedDbParts } from "./database";
import { deviceDatabase, type SessionRow } from "./schema";

const CURRENT = "current";

export class DeviceStore {
  readonly #db: ReturnType<typeof deviceDatabase>;

  constructor(parts: IndexedDbParts) {
    this.#db = deviceDatabase(parts);
  }

  /** Return the device this login is here; `made` becomes it the first time. */
  deviceFor(email: string, made: string): Promise<string> {
    const login = loginOf(email);
    return this.#db.transaction("readwrite", ["devices"], async (tx) => {
      const devices = tx.objectStore("devices");
      const known = await devices.get(login);
      if (known) return known.device_id;
      await devices.add({ login, device_id: made, user_id: null });
      return made;
    });
  }

  /** Return the device a user already is here under another login: the queue lies in its database. */
  async deviceOfUser(userId: string): Promise<string | null> {
    const rows = await this.#db.transaction("readonly", ["devices"], (tx) => tx.objectStore("devices").getAll());
    return rows.find((row) => row.user_id === userId)?.device_id ?? null;
  }

  async bind(email: string, deviceId: string, userId: string | null): Promise<void> {
    const row = { login: loginOf(email), device_id: deviceId, user_id: userId };
    await this.#db.transaction("readwrite", ["devices"], (tx) => tx.objectStore("devices").put(row));
  }

  async session(): Promise<SessionRow> {
    const row = await this.#db.transaction("readonly", ["session"], (tx) => tx.objectStore("session").get(CURRENT));
    return row ?? { session: null, sign_out_due: false };
  }

  async keepSession(session: Session | null, signOutDue = false): Promise<void> {
    const row = { session, sign_out_due: signOutDue };
    await this.#db.transaction("readwrite", ["session"], (tx) => tx.objectStore("session").put(row, CURRENT));
  }

  close(): void {
    this.#db.close();
  }
}

const loginOf = (email: string): string => email.trim().toLowerCase();
