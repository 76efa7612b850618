/**
 * Seals to the server's key in the device's name: HPKE (RFC 9180), mode PSK, DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. Loaded only when something is sealed; the cryptography is the libraries'.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import type { Sealer } from "../ports";
import { fromBase64 } from "./base64";

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const bytes = (text: string) => new TextEncoder().encode(text);

export const hpkeSealer: Sealer = {
  async seal({ public_key, device_secret, device_id }, { info, aad, text }) {
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.importKey("raw", fromBase64(public_key).buffer, true),
      psk: { id: bytes(device_id), key: fromBase64(device_secret) },
      info: bytes(info),
    });
    return { enc: new Uint8Array(sender.enc), sealed: new Uint8Array(await sender.seal(bytes(text), bytes(aad))) };
  },
};
