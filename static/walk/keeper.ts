/**
 * Keeps what a group answers on its phone until the server has answered it: sent again and again with the same id,
 * so that it counts once. Nothing but the page's own JSON is a receipt; a captive portal's page is none.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

export type State = "saved" | "sending" | "received" | "refused";
export type Fields = Record<string, string>;

export interface Kept {
  id: string;
  /** The page it was written on: its path. */
  page: string;
  walkId: string;
  kind: string;
  /** What the form held; emptied when it is received. */
  fields: Fields;
  state: Exclude<State, "sending">;
  /** Why it was refused, in words. */
  message: string;
  /** With which status it was refused; what an older build kept says none. */
  status?: number;
  keptAt: number;
}
export type Shown = Omit<Kept, "state"> & { state: State };

interface Schema extends DBSchema {
  answers: { key: string; value: Kept };
}

export interface Keeper {
  /** Keeps an answer; in the place of a refused one where `replaces` names it. Rejects when the phone can't. */
  keep(fields: Fields, replaces?: string): Promise<void>;
  /** Sends all that waits, oldest first; never two at a time. */
  flush(): Promise<void>;
  /** What was kept on this page, oldest first. */
  shown(): Promise<Shown[]>;
}

export interface Surroundings {
  page: string;
  fetcher: typeof fetch;
  /** The walks this page shows: what was kept for them under a link that was replaced goes by this one. */
  walkIds: readonly string[];
  now: () => number;
  newId: () => string;
  /** Something has another state. `version`: a walk's, where the server said it. */
  onChange: (moved?: { walkId: string; from: number; to: number }) => void;
  name?: string;
}

const TIMEOUT_MS = 30_000;
const RECEIVED_SHOWN_MS = 24 * 3600_000;
/** A first name that came with an answer is kept no longer than this anywhere. */
const KEPT_MS = 90 * 24 * 3600_000;
const REFUSALS = [404, 409, 422];
/** The link had ended: by another it may be received. */
const LINK_ENDED = 404;

type Outcome = { kind: "received"; version: number } | { kind: "refused"; status: number; message: string } | { kind: "later" };

export async function createKeeper(around: Surroundings): Promise<Keeper> {
  const db = await open(around.name ?? "faltlogg-walk");
  let sendingId: string | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  async function ofPage(): Promise<Kept[]> {
    const all = await db.getAll("answers");
    return all.filter((one) => one.page === around.page).sort((a, b) => a.keptAt - b.keptAt || (a.id < b.id ? -1 : 1));
  }

  async function keep(fields: Fields, replaces?: string): Promise<void> {
    const id = around.newId();
    const { walk_id: walkId = "", kind = "" } = fields;
    const keptAt = around.now();
    const said = { ...fields, id, made_at: new Date(keptAt).toISOString() };
    const change = db.transaction("answers", "readwrite", { durability: "strict" });
    if (replaces) void change.store.delete(replaces);
    void change.store.put({ id, page: around.page, walkId, kind, fields: said, state: "saved", message: "", keptAt });
    await change.done;
    around.onChange();
  }

  async function flushOnce(): Promise<void> {
    for (const { id } of (await ofPage()).filter((one) => one.state === "saved")) {
      // Read anew: the walk's version may have moved with the answer before it.
      const kept = await db.get("answers", id);
      if (kept?.state !== "saved") continue;
      sendingId = id;
      around.onChange();
      const outcome = await send(kept).finally(() => {
        sendingId = null;
      });
      if (outcome.kind === "later") {
        around.onChange();
        return; // in order, or not at all
      }
      await settle(kept, outcome);
    }
  }

  async function settle(kept: Kept, outcome: Exclude<Outcome, { kind: "later" }>): Promise<void> {
    const change = db.transaction("answers", "readwrite", { durability: "strict" });
    // Another window may have settled it meanwhile: what was received stays so.
    if ((await change.store.get(kept.id))?.state !== "saved") {
      await change.done;
      around.onChange();
      return;
    }
    if (outcome.kind === "refused") {
      void change.store.put({ ...kept, state: "refused", status: outcome.status, message: outcome.message });
      await change.done;
      around.onChange();
      return;
    }
    void change.store.put({ ...kept, fields: {}, state: "received", message: "" });
    const from = Number(kept.fields["version"]);
    // One step on is this answer's own doing; more is somebody else's, and the server says what that means.
    const isOwn = outcome.version === from + 1;
    if (isOwn) {
      for (const other of await change.store.getAll()) {
        if (other.id === kept.id || other.walkId !== kept.walkId || other.state !== "saved") continue;
        if (Number(other.fields["version"]) !== from) continue;
        void change.store.put({ ...other, fields: { ...other.fields, version: String(outcome.version) } });
      }
    }
    await change.done;
    around.onChange(isOwn ? { walkId: kept.walkId, from, to: outcome.version } : undefined);
  }

  async function send(kept: Kept): Promise<Outcome> {
    try {
      const response = await around.fetcher(around.page, {
        method: "POST",
        redirect: "manual",
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { Accept: "application/json" },
        body: new URLSearchParams(kept.fields),
      });
      return outcomeOf(kept.id, response.status, await response.json());
    } catch {
      return { kind: "later" };
    }
  }

  async function flush(): Promise<void> {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await flushOnce();
      } while (again);
    })().finally(() => {
      running = null;
    });
    return running;
  }

  async function shown(): Promise<Shown[]> {
    return (await ofPage()).map((one) => (one.id === sendingId ? { ...one, state: "sending" } : one));
  }

  async function forgetOld(): Promise<void> {
    const now = around.now();
    for (const one of await db.getAll("answers")) {
      if (now - one.keptAt > (one.state === "received" ? RECEIVED_SHOWN_MS : KEPT_MS)) await db.delete("answers", one.id);
    }
  }

  /**
   * Under the same id: received by the other link, it counts once all the same. What was refused for what it says
   * comes along to be seen and changed, and is not sent again by itself.
   */
  async function takeOver(): Promise<void> {
    const change = db.transaction("answers", "readwrite", { durability: "strict" });
    for (const one of await change.store.getAll()) {
      if (one.page === around.page || one.state === "received" || !around.walkIds.includes(one.walkId)) continue;
      const isFinal = one.state === "refused" && one.status !== LINK_ENDED;
      void change.store.put({ ...one, page: around.page, ...(!isFinal && { state: "saved", message: "" }) });
    }
    await change.done;
  }

  await forgetOld();
  await takeOver();
  return { keep, flush, shown };
}

/** What an answer to a sent one means. Pure. */
export function outcomeOf(id: string, status: number, body: unknown): Outcome {
  if (typeof body !== "object" || body === null) return { kind: "later" };
  const said = body as Record<string, unknown>;
  if (status === 200 && said["received"] === id && typeof said["version"] === "number") {
    return { kind: "received", version: said["version"] };
  }
  if (REFUSALS.includes(status) && said["answer"] === id && typeof said["error"] === "string") {
    return { kind: "refused", status, message: messageOf(said) };
  }
  return { kind: "later" };
}

function messageOf(said: Record<string, unknown>): string {
  const fields = typeof said["fields"] === "object" && said["fields"] !== null ? Object.values(said["fields"]) : [];
  const words = fields.flat().filter((word): word is string => typeof word === "string");
  return words.length ? words.join(" ") : String(said["message"] ?? "");
}

async function open(name: string): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(name, 1, {
    upgrade: (db) => {
      db.createObjectStore("answers", { keyPath: "id" });
    },
  });
}

