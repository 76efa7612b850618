/**
 * What leaves the phone's own reach sealed: copies of sent mutations (PL5) and the queue file (CL11). Knows the
 * formats; the cryptography is the sealer's.
 */
import { SealMissing } from "../domain/errors";
import type { Mutation, QueueFile, Sealer, Session, WireMutation } from "../ports";
import type { FieldStore } from "../store/store";
import { toBase64 } from "./base64";

const FILE_FORMAT = "faltlogg-queue-file-1";
const FILE_INFO = "faltlogg queue-file 1";
const MUTATION_INFO = "faltlogg mutation 1";
const SOME = 50;
const MOST_KEPT = 1_000;

/** Seals what it can; a mutation without a copy in the answer could not be sealed now. Never raises. */
export type SealCopies = (mutations: readonly Mutation[]) => Promise<ReadonlyMap<string, string>>;

/** A mutation never changes, so its copy is made once, however often it is sent. */
export function copySealer(sealer: Sealer, session: () => Session): SealCopies {
  const made = new Map<string, string>();
  let madeFor = "";
  return async (mutations) => {
    const copies = new Map<string, string>();
    try {
      const to = sealTo(session());
      if (madeFor !== to.public_key || made.size > MOST_KEPT) made.clear();
      madeFor = to.public_key;
      for (const mutation of mutations) {
        const copy = made.get(mutation.id) ?? (await sealedCopy(sealer, to, mutation));
        made.set(mutation.id, copy);
        copies.set(mutation.id, copy);
      }
    } catch {
      // No key yet, or its code not here: the clear copy stays and is sealed at the next start or sign-in.
    }
    return copies;
  };
}

async function sealedCopy(sealer: Sealer, to: ReturnType<typeof sealTo>, mutation: Mutation): Promise<string> {
  const { enc, sealed } = await sealer.seal(to, { info: MUTATION_INFO, aad: mutation.id, text: JSON.stringify(mutation) });
  const whole = new Uint8Array(enc.length + sealed.length);
  whole.set(enc);
  whole.set(sealed, enc.length);
  return toBase64(whole);
}

/** Seal what an earlier time had to leave clear; ends when nothing clear is left or nothing can be sealed. */
export async function sealLeftovers(store: FieldStore, seal: SealCopies): Promise<void> {
  for (;;) {
    const clear = await store.clearCopies(SOME);
    const copies = await seal(clear);
    if (copies.size === 0) return;
    await store.putSealed(copies);
  }
}

export interface FileParts {
  sealer: Sealer;
  session: Session;
  appBuild: string;
  /** The queue as on the wire, in `device_seq` order. */
  mutations: readonly WireMutation[];
  /** Corrected wall time, ISO. */
  savedAt: string;
}

/** Return the queue file (CL11); its name says when and how much, not whose. */
export async function makeQueueFile({ sealer, session, appBuild, mutations, savedAt }: FileParts): Promise<QueueFile> {
  const to = sealTo(session);
  const plain = { user_id: session.user.id, device_id: session.device_id, app_build: appBuild, saved_at: savedAt, mutations };
  const { enc, sealed } = await sealer.seal(to, { info: FILE_INFO, aad: "", text: JSON.stringify(plain) });
  const file = { format: FILE_FORMAT, key_id: to.key_id, device_id: to.device_id, enc: toBase64(enc), sealed: toBase64(sealed) };
  return { name: `faltlogg-${savedAt.slice(0, 10)}-${mutations.length}.json`, text: JSON.stringify(file), count: mutations.length };
}

/** Raises SealMissing: without the server's key nothing can be sealed to it. */
function sealTo(session: Session): Session["seal"] & { device_id: string } {
  const { seal, device_id } = session;
  if (!seal?.public_key || !seal.device_secret) throw new SealMissing();
  return { ...seal, device_id };
}
