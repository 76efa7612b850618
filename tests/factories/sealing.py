"""What a phone seals (CL11, PL5), made with the library the server opens it with."""

import base64
from typing import Any

import orjson
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

from tests.factories.phone import Json, Phone, now_iso

SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)


def sealed(seal: Json, device_id: str, content: Any, info: bytes, bound_to: bytes) -> tuple[bytes, bytes]:
    """Return the encapsulated key and the ciphertext."""
    key = SUITE.kem.deserialize_public_key(base64.b64decode(seal["public_key"]))
    secret = base64.b64decode(seal["device_secret"])
    enc, context = SUITE.create_sender_context(key, info, psk=secret, psk_id=device_id.encode())
    return enc, context.seal(orjson.dumps(content), bound_to)


def queue_file(phone: Phone, mutations: Any, **inside: Any) -> Json:
    """Return the file a phone saves its queue to."""
    device_id = phone.session["device_id"]
    content = {
        "user_id": phone.user_id,
        "device_id": device_id,
        "app_build": "2026.11.1",
        "saved_at": now_iso(),
        "mutations": mutations,
        **inside,
    }
    enc, hidden = sealed(phone.session["seal"], device_id, content, b"faltlogg queue-file 1", b"")
    return {
        "format": "faltlogg-queue-file-1",
        "key_id": phone.session["seal"]["key_id"],
        "device_id": device_id,
        "enc": base64.b64encode(enc).decode(),
        "sealed": base64.b64encode(hidden).decode(),
    }


def sealed_mutation(phone: Phone, mutation: Json) -> Json:
    """Return the copy of a sent mutation that a phone keeps and offers again (PL5)."""
    device_id, info = phone.session["device_id"], b"faltlogg mutation 1"
    enc, hidden = sealed(phone.session["seal"], device_id, mutation, info, mutation["id"].encode())
    return {
        "id": mutation["id"],
        "device_seq": mutation["device_seq"],
        "sealed": base64.b64encode(enc + hidden).decode(),
    }
