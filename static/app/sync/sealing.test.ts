/** PL5, CL11: what is sealed here opens with the server's key in the device's name, and with nothing else. */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { describe, expect, it } from "vitest";
import type { Mutation, Sealer, Session } from "../ports";
import { fromBase64, toBase64 } from "./base64";
import { hpkeSealer } from "./hpke";
import { copySealer, makeQueueFile } from "./sealing";
import fixture from "../../../tests/fixtures/wire/sealed_queue_file.json";

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const bytes = (text: string) => new TextEncoder().encode(text);
const session = { user: { id: fixture.user_id }, device_id: fixture.device_id, seal: fixture.seal } as Session;
const mutations = fixture.mutations as Mutation[];

/** The server's side: RFC 9180, 5.1.2, with the private key. */
async function open(enc: Uint8Array, sealed: Uint8Array, info: string, aad: string, secret = fixture.seal.device_secret): Promise<unknown> {
  const recipient = await suite.createRecipientContext({
    recipientKey: await suite.kem.importKey("raw", fromBase64(fixture.private_key).buffer, false),
    enc: Uint8Array.from(enc).buffer, info: bytes(info), psk: { id: bytes(fixture.device_id), key: fromBase64(secret) },
  });
  return JSON.parse(new TextDecoder().decode(await recipient.open(Uint8Array.from(sealed).buffer, bytes(aad))));
}
const openCopy = (sealed: string, id: string, secret?: string) => {
  const all = fromBase64(sealed);
  return open(all.subarray(0, 32), all.subarray(32), "faltlogg mutation 1", id, secret);
};
const file = (savedAt = "2026-11-23T22:10:00+01:00") => makeQueueFile({ sealer: hpkeSealer, session, appBuild: "2026.11.1", mutations, savedAt });

describe("sealed copies of mutations", () => {
  it("PL5 a copy opens to the whole mutation, under its own id alone", async () => {
    const copies = await copySealer(hpkeSealer, () => session)(mutations);
    const [one, other] = mutations;
    for (const mutation of mutations) expect(await openCopy(copies.get(mutation.id)!, mutation.id)).toEqual(mutation);
    await expect(openCopy(copies.get(one!.id)!, other!.id)).rejects.toThrow();
  });

  it("PL5 without the device's secret nobody makes one and nobody opens one", async () => {
    const copies = await copySealer(hpkeSealer, () => session)(mutations);
    await expect(openCopy(copies.get(mutations[0]!.id)!, mutations[0]!.id, toBase64(new Uint8Array(32).fill(6)))).rejects.toThrow();
    const stranger = { ...session, seal: { ...session.seal, device_secret: toBase64(new Uint8Array(32).fill(6)) } };
    const forged = await copySealer(hpkeSealer, () => stranger)(mutations);
    await expect(openCopy(forged.get(mutations[0]!.id)!, mutations[0]!.id)).rejects.toThrow();
  });

  it("PL5 sealed twice it is never the same, and shows nothing of what is inside", async () => {
    const [one, other] = [await copySealer(hpkeSealer, () => session)(mutations), await copySealer(hpkeSealer, () => session)(mutations)];
    expect(one.get(mutations[0]!.id)).not.toBe(other.get(mutations[0]!.id));
    expect(atob(one.get(mutations[0]!.id)!)).not.toContain(mutations[0]!.record_id);
  });

  it("PL5 a copy is made once however often its mutation is sent, and anew for a new key", async () => {
    let seals = 0;
    let key = "first";
    const counting: Sealer = { seal: () => Promise.resolve({ enc: new Uint8Array(32), sealed: new Uint8Array([++seals]) }) };
    const seal = copySealer(counting, () => ({ ...session, seal: { ...session.seal, public_key: key } }));
    const first = await seal(mutations);
    expect(await seal(mutations)).toEqual(first);
    expect(seals).toBe(mutations.length);
    key = "second";
    expect(await seal(mutations)).not.toEqual(first);
    expect(seals).toBe(2 * mutations.length);
  });

  it("PL5 without a key nothing is sealed and nothing fails", async () => {
    const keyless = { ...session, seal: { key_id: "", public_key: "", device_secret: "" } };
    expect((await copySealer(hpkeSealer, () => keyless)(mutations)).size).toBe(0);
  });
});

describe("the queue file", () => {
  it("CL11 opens to everything that waited, author and device inside; its name says date and count, no person", async () => {
    const { name, text, count } = await file();
    const outside = JSON.parse(text) as Record<string, string>;
    expect(Object.keys(outside)).toEqual(["format", "key_id", "device_id", "enc", "sealed"]);
    expect([name, count, outside.format, outside.key_id]).toEqual([`faltlogg-2026-11-23-${mutations.length}.json`, mutations.length, "faltlogg-queue-file-1", "fixture"]);
    expect(await open(fromBase64(outside.enc!), fromBase64(outside.sealed!), "faltlogg queue-file 1", "")).toEqual({
      user_id: fixture.user_id, device_id: fixture.device_id, app_build: "2026.11.1", saved_at: "2026-11-23T22:10:00+01:00", mutations,
    });
  });

  it("CL11 one byte changed on the way and it opens no longer", async () => {
    const { enc, sealed } = JSON.parse((await file()).text) as Record<string, string>;
    const bent = fromBase64(sealed!);
    bent[5] = bent[5]! ^ 1;
    await expect(open(fromBase64(enc!), bent, "faltlogg queue-file 1", "")).rejects.toThrow();
  });

  it("S24 the fixture both languages read opens here", async () => {
    const { enc, sealed } = fixture.file;
    expect(await open(fromBase64(enc), fromBase64(sealed), "faltlogg queue-file 1", "")).toMatchObject({ user_id: fixture.user_id, mutations });
    for (const { id, sealed: copy } of fixture.sealed_mutations) expect(await openCopy(copy, id)).toMatchObject({ id });
  });
});

describe("base64", () => {
  it("is the same there and back, also of what is longer than a stack", () => {
    const long = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
    expect(fromBase64(toBase64(long))).toEqual(long);
    expect(toBase64(bytes("M"))).toBe("TQ==");
  });
});
