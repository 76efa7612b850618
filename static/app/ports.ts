/**
 * The seams of the client: what the screens, the commands, the engine, the store and the
 * transport ask of each other. Only types; main.tsx wires the real ones, tests wire their own.
 */
import type { Basemap } from "./domain/basemap";
import type { CollectionName, Collections, Resolution } from "./domain/records";

// ---------------------------------------------------------------- protocol 1 (sync-spec.md)

export type Fields = Record<string, unknown>;
export type Op = "create" | "update" | "delete";

export interface Mutation {
  id: string;
  device_seq: number;
  collection: string;
  record_id: string;
  op: Op;
  base_version: number;
  fields: Fields;
  made_at: string;
  replaces: string | null;
}

/** PL5: a mutation of the last 30 days, readable by the server alone. */
export interface SealedMutation {
  id: string;
  device_seq: number;
  /** Base64 of the encapsulated key (32 bytes) and the ciphertext. */
  sealed: string;
}
export type WireMutation = Mutation | SealedMutation;

export type ReceiptStatus = "applied" | "merged" | "conflict" | "held" | "late" | "rejected";

export interface Receipt {
  mutation_id: string;
  status: ReceiptStatus;
  replayed: boolean;
  version: number | null;
  error: { slug: string; message: string; fields: Record<string, string[]> } | null;
  conflict_id: string | null;
}

export interface Change {
  collection: string;
  record_id: string;
  version: number;
  deleted: boolean;
  reason: "deleted" | "scope" | "disposed" | null;
  record: Fields | null;
}

export interface SyncRequest {
  protocol: 1;
  app_build: string;
  epoch: string | null;
  cursor: string | null;
  limit: number;
  sent_at: string;
  queue: { count: number; oldest_made_at: string | null; last_device_seq: number };
  mutations: WireMutation[];
  /** Returns that were opened on this phone and not told yet, at most 50; absent where there are none. */
  opened?: string[];
}

export interface SyncAnswer {
  protocol: 1;
  epoch: string;
  server_time: string;
  min_build: string;
  reset: boolean;
  receipts: Receipt[];
  changes: Change[];
  cursor: string;
  more: boolean;
}

export interface Session {
  user: { id: string; name: string; email: string };
  grants: { role: string; district: string | null; team_id: string | null; valid_until: string | null }[];
  device_id: string;
  csrf_token: string;
  expires_at: string;
  seal: { key_id: string; public_key: string; device_secret: string };
  /** Where the employer takes reports of incidents; absent where the installation names no such place. */
  incident_report_url?: string;
  /** Within which distance a place is near a school, metres; not said by an older server. */
  school_radius_m?: number;
}

// ---------------------------------------------------------------- transport

/** How an attempt ended; CL4 says what the engine does with each. */
export type SyncOutcome =
  | { kind: "answer"; answer: SyncAnswer }
  | { kind: "retry"; reason: "network" | "timeout" | "server" | "not_protocol"; retryAfterS: number | null }
  | { kind: "sign_in" }
  | { kind: "csrf" }
  | { kind: "locked"; slug: "device_revoked" | "account_disabled" }
  | { kind: "too_large" }
  | { kind: "malformed" }
  | { kind: "upgrade" };

export type SignInOutcome =
  | { kind: "session"; session: Session }
  | { kind: "bad_credentials" }
  | { kind: "wait"; retryAfterS: number }
  | { kind: "refused"; slug: string; message: string }
  | { kind: "unreachable" };

export type JoinOutcome =
  | { kind: "joined"; shiftId: string }
  | { kind: "unknown" }
  | { kind: "wait"; retryAfterS: number }
  | { kind: "refused"; slug: string; message: string }
  | { kind: "unreachable" };

/** What the server keeps beside the records for a leader to settle, and what may become of it (PU11, PU12). */
export type KeptName = "rejections" | "late";
export interface Settling {
  action: "replay" | "take_in" | "discard";
  /** Needed to discard, and to take in what came late: it is an amendment. */
  reason: string;
}

/** What is not there, of the teams one leads (figures.md, *missing shift*; S22). */
export interface Absent {
  missing: { kind: "plan" | "draft"; id: string; team_id: string; started_at: string; participant_ids: string[] }[];
  /** `last_sync_at`: null for who was never heard of. */
  silent: { shift_id: string; team_id: string; started_at: string; user_id: string; last_sync_at: string | null }[];
  /** How many there are of each; the lists hold the oldest. Not said by an older server, which told all. */
  counts?: { missing: number; silent: number };
}

export type SettleOutcome =
  /** `state`: as it stands now, which may be refused again. */
  | { kind: "settled"; state: string }
  | { kind: "already" }
  | { kind: "wait"; retryAfterS: number }
  | { kind: "refused"; slug: string; message: string }
  /** Nothing is known of what became of it. */
  | { kind: "unreachable" };

export interface Transport {
  sync(request: SyncRequest): Promise<SyncOutcome>;
  signIn(email: string, password: string, deviceId: string, deviceName: string): Promise<SignInOutcome>;
  /** The session answer with a fresh CSRF token (kept inside the transport). */
  session(): Promise<SignInOutcome>;
  signOut(): Promise<boolean>;
}

// ---------------------------------------------------------------- environment of the engine

export interface Clock {
  /** Wall time in ms since 1970, uncorrected. */
  now(): number;
  /** Monotonic ms within this page life (PU15). */
  monotonic(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}
export interface Random {
  next(): number; // [0, 1)
  uuid7(nowMs: number): string;
}
/** HPKE (RFC 9180) in mode PSK: to the server's public key, in this device's name. */
export interface Sealer {
  seal(
    to: Session["seal"] & { device_id: string }, message: { info: string; aad: string; text: string },
  ): Promise<{ enc: Uint8Array; sealed: Uint8Array }>;
}
/** CL6: resolves to false at once when another tab holds the lock. */
export interface Lock {
  tryRun(name: string, run: () => Promise<void>): Promise<boolean>;
}

// ---------------------------------------------------------------- what screens read

/** The three words of product.md, and the fourth that asks for something. */
export type Tick = "saved" | "sending" | "received" | "refused";

export interface Projected<C extends CollectionName = CollectionName> {
  collection: C;
  id: string;
  fields: Collections[C];
  /** Last confirmed version, 0 while the create is pending. */
  version: number;
  tick: Tick;
  /** ISO time of the server's receipt, when tick is "received" and this device sent it. */
  receivedAt: string | null;
  /** Set when tick is "refused". */
  rejectionId: string | null;
  /** PU9, PU11: an own mutation of it is held or late and not settled yet. */
  waits: "held" | "late" | null;
}

export interface Projection {
  /** The same array as before while nothing in it moved. */
  all<C extends CollectionName>(collection: C): readonly Projected<C>[];
  get<C extends CollectionName>(collection: C, id: string): Projected<C> | undefined;
}

export interface StorageUse {
  usedBytes: number;
  quotaBytes: number;
}

export interface SyncStatus {
  phase: "idle" | "sending" | "waiting" | "signed_out" | "locked" | "upgrade";
  /** False after a failed attempt, true after a good one; navigator.onLine only hints (trap 11). */
  online: boolean;
  queued: number;
  oldestQueuedAt: string | null;
  lastReceiptAt: string | null;
  rejected: number;
  conflicts: number;
  /** Own mutations waiting for their parent (PU9), and for a decision on an approved shift (PU11). */
  held: number;
  late: number;
  /** Device minus server, seconds; the user is told above 600. */
  clockOffsetS: number;
  /** Answer of navigator.storage.persist(), null until asked. */
  persisted: boolean | null;
  /** What the phone holds and may hold, null where the system doesn't say. */
  storage: StorageUse | null;
  /** A first download still running. */
  downloading: boolean;
}

// ---------------------------------------------------------------- commands (the only writes a screen makes)

export interface Draft {
  key: string;
  value: unknown;
  updatedAt: string;
}

/** What one action puts down. An id is given at once; an update sees records as they were before the action. */
export interface Changes {
  create<C extends CollectionName>(collection: C, fields: Partial<Collections[C]>): string;
  update<C extends CollectionName>(collection: C, id: string, fields: Partial<Collections[C]>, seen?: number): void;
  /** With what hangs on it, children first. `seen` as above: what somebody said of it since is no longer removed unasked. */
  remove(collection: CollectionName, id: string, seen?: number): void;
  /** Keeps a draft in the same transaction. */
  keep(key: string, value: unknown): void;
}

export interface Commands {
  /** Writes everything one action puts down in one strict transaction (CL1): all of it or nothing. */
  together<T>(act: (changes: Changes) => T): Promise<T>;
  /** Writes mutation + visible state in one strict transaction (CL1), then wakes the engine. Resolves to the record id. */
  create<C extends CollectionName>(collection: C, fields: Partial<Collections[C]>): Promise<string>;
  /**
   * Only the changed fields; a call that changes nothing writes nothing. `seen` is the version a form was opened on:
   * without it the record is taken as it stands at the call.
   */
  update<C extends CollectionName>(collection: C, id: string, fields: Partial<Collections[C]>, seen?: number): Promise<void>;
  remove(collection: CollectionName, id: string): Promise<void>;
  /** Corrects a rejection: a new mutation on the same record with `replaces` (PU12). */
  correct(rejectionId: string, fields: Fields): Promise<void>;
  discard(rejectionId: string): Promise<void>;
  /** Leaves a refusal to the lead (PU12). Raises RejectionNotArrived, RejectionOnlyHere. */
  handOver(rejectionId: string): Promise<void>;
  /** Makes a refusal that was handed over or discarded one's own again. */
  takeBack(rejectionId: string): Promise<void>;
  /** Says of each field two sides changed what holds (PU5); shown as resolved at once. */
  resolve(conflictId: string, resolution: Resolution): Promise<void>;
  /** Lets the server know, with coverage, that a return was opened here; once. */
  noteOpened(id: string): Promise<void>;
  /** Corrected wall time, ISO with offset (PU15). */
  timestamp(): string;
  /** An id for a part of a record that has one of its own. */
  newId(): string;
  saveDraft(key: string, value: unknown): Promise<void>;
  readDraft(key: string): Promise<Draft | undefined>;
  dropDraft(key: string): Promise<void>;
  allDrafts(): Promise<Draft[]>;
}

/** CL11: the whole queue, readable by the server alone. */
export interface QueueFile {
  name: string;
  text: string;
  count: number;
}

export type { Basemap };
export interface BasemapLine {
  /** Null where there is none; rejects where nobody answers, or somebody else. */
  offered(): Promise<Basemap | null>;
  /** Bytes `from` and up to, not with, `until`; rejects unless it is exactly these of exactly this version. */
  range(basemap: Basemap, from: number, until: number, signal?: AbortSignal): Promise<ArrayBuffer>;
  storageUse(): Promise<StorageUse | null>;
}

/** Everything a screen gets. Built in main.tsx by `createApp()` of app/store + app/sync + app/transport. */
export interface FieldApp {
  commands: Commands;
  /** Resolves when the last session and its rows have been read from the phone; before that session() is null. */
  ready(): Promise<void>;
  /** Newest projection; `onProjection` fires after every change of confirmed or pending rows. */
  projection(): Projection;
  onProjection(listener: () => void): () => void;
  status(): SyncStatus;
  onStatus(listener: () => void): () => void;
  syncNow(): void;
  /** Raises NotSignedIn, SealMissing. */
  queueFile(): Promise<QueueFile>;
  session(): Session | null;
  onSession(listener: () => void): () => void;
  /** Puts oneself on a pass by its short code, with coverage, and has the pass fetched. */
  joinByCode(code: string): Promise<JoinOutcome>;
  /** Settles what the server keeps, as the leader decides, with coverage; what became of it comes down by itself. */
  settle(kept: KeptName, id: string, asked: Settling): Promise<SettleOutcome>;
  /** Asks what never came of the teams one leads, with coverage; null without. */
  absent(): Promise<Absent | null>;
  /** The line to the server's basemap, loaded with the map. */
  basemap(): Promise<BasemapLine>;
  /** Opens the user's own store and starts the engine. */
  signIn(email: string, password: string): Promise<SignInOutcome>;
  /** Refuses nothing: the queue stays for the same user (CL8); the caller has asked first. */
  signOut(): Promise<void>;
}
