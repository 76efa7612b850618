/**
 * CL4, trap 11: only a body that parses as the protocol counts. Checks the shape of what came from
 * the network before anything believes it; knows no storage and no screen.
 */
import type { Session, SyncAnswer } from "../ports";

type Loose = Record<string, unknown>;

const STATUSES = ["applied", "merged", "conflict", "held", "late", "rejected"];

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isVersion = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

const isReceipt = (value: unknown): boolean => isObject(value)
  && isText(value.mutation_id) && STATUSES.includes(value.status as string)
  && (value.version === null || value.version === undefined || isVersion(value.version))
  && (value.status !== "rejected" || (isObject(value.error) && isText(value.error.slug)));

const isChange = (value: unknown): boolean => isObject(value)
  && isText(value.collection) && isText(value.record_id) && isVersion(value.version)
  && (value.deleted === true || isObject(value.record));

/** Return the body as an answer of protocol 1, or null. */
export function asSyncAnswer(body: unknown): SyncAnswer | null {
  if (!isObject(body) || body.protocol !== 1) return null;
  const sound = isText(body.epoch) && isText(body.cursor) && isText(body.server_time)
    && !Number.isNaN(Date.parse(body.server_time))
    && typeof body.more === "boolean" && typeof body.reset === "boolean"
    && Array.isArray(body.receipts) && body.receipts.every(isReceipt)
    && Array.isArray(body.changes) && body.changes.every(isChange);
  return sound ? (body as unknown as SyncAnswer) : null;
}

/** Return the body as a session answer, or null. */
export function asSession(body: unknown): Session | null {
  if (!isObject(body) || !isObject(body.user) || !isText(body.user.id)) return null;
  const sound = isText(body.csrf_token) && isText(body.expires_at) && isText(body.device_id) && Array.isArray(body.grants);
  return sound ? (body as unknown as Session) : null;
}

/** Return the slug of an error answer (api.md, "Conventions"), or null when it is nobody's protocol. */
export function asErrorSlug(body: unknown): string | null {
  return isObject(body) && isText(body.error) ? body.error : null;
}

export const errorMessage = (body: unknown): string => (isObject(body) && isText(body.message) ? body.message : "");
