/** A sealer for tests that counts thousands: unreadable at a glance, opened without a key. The real one is tested by itself. */
import type { Mutation, SealedMutation, Sealer, WireMutation } from "../../ports";
import { fromBase64 } from "../base64";

const veiled = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);

export const plainSealer: Sealer = {
  seal: (_to, { text }) => Promise.resolve({ enc: new Uint8Array(32), sealed: veiled(new TextEncoder().encode(text)) }),
};

/** What the server finds inside. */
export const opened = (sealed: string): string => new TextDecoder().decode(veiled(fromBase64(sealed)).subarray(32));

export const isSealed = (mutation: WireMutation): mutation is SealedMutation => "sealed" in mutation;
export const whole = (mutation: WireMutation): Mutation => (isSealed(mutation) ? (JSON.parse(opened(mutation.sealed)) as Mutation) : mutation);
