"""What a phone seals for the server: its queue in a file (CL11), and kept copies of what it has sent (PL5).

HPKE (RFC 9180) in mode PSK: encrypted to the server's public key, authenticated with the device's secret. Phone and
server use libraries by the same rules: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
"""

import base64
import binascii
import hashlib
import hmac
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import current_app
from pyhpke import AEADId, CipherSuite, KDFId, KEMId
from pyhpke.exceptions import PyHPKEError

SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
FILE_FORMAT = "faltlogg-queue-file-1"
FILE_INFO = b"faltlogg queue-file 1"
MUTATION_INFO = b"faltlogg mutation 1"
ENC_BYTES = 32


def seal_for(device_id: str) -> dict[str, str]:
    """Return `{key_id, public_key, device_secret}`: X25519 public key and the device's secret, base64."""
    public = _private_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "key_id": hashlib.sha256(public).hexdigest()[:16],
        "public_key": base64.b64encode(public).decode(),
        "device_secret": base64.b64encode(_secret_of(device_id)).decode(),
    }


def open_mutation(device_id: str, raw: dict[str, Any]) -> dict[str, Any] | None:
    """Return the mutation inside `{id, device_seq, sealed}`, None unless this device sealed this very one (PL5)."""
    sealed, mutation_id = _bytes(raw.get("sealed")), raw.get("id")
    if sealed is None or not isinstance(mutation_id, str):
        return None
    opened = _open(device_id, sealed[:ENC_BYTES], sealed[ENC_BYTES:], MUTATION_INFO, mutation_id.encode())
    if opened is None or opened.get("id") != mutation_id or opened.get("device_seq") != raw.get("device_seq"):
        return None
    return opened if "sealed" not in opened else None


def open_queue_file(document: Any) -> dict[str, Any] | None:
    """Return `{user_id, device_id, app_build, saved_at, mutations}`, None unless the file verifies (CL11)."""
    if not isinstance(document, dict) or document.get("format") != FILE_FORMAT:
        return None
    device_id, enc, sealed = document.get("device_id"), _bytes(document.get("enc")), _bytes(document.get("sealed"))
    if not isinstance(device_id, str) or enc is None or sealed is None:
        return None
    opened = _open(device_id, enc, sealed, FILE_INFO, b"")
    return opened if opened and opened.get("device_id") == device_id else None


def _open(device_id: str, enc: bytes, sealed: bytes, info: bytes, bound_to: bytes) -> dict[str, Any] | None:
    raw = _private_key().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    key = SUITE.kem.deserialize_private_key(raw)
    try:
        context = SUITE.create_recipient_context(enc, key, info, psk=_secret_of(device_id), psk_id=device_id.encode())
        opened = orjson.loads(context.open(sealed, bound_to))
    except (PyHPKEError, ValueError):
        return None
    return opened if isinstance(opened, dict) else None


def _bytes(value: Any) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def _secret_of(device_id: str) -> bytes:
    secret: str = current_app.config["SETTINGS"].lasting_key
    return hmac.new(secret.encode(), b"device:" + device_id.encode(), hashlib.sha256).digest()


def _private_key() -> X25519PrivateKey:
    path: Path = current_app.config["SETTINGS"].data_dir / "seal_key"
    if not path.exists():
        made = X25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        fresh = base64.b64encode(made).decode()
        partial = path.with_name(f"{path.name}.{hashlib.sha256(fresh.encode()).hexdigest()[:8]}")
        partial.touch(mode=0o600)
        partial.write_text(fresh, encoding="ascii")
        try:
            path.hardlink_to(partial)  # the first process wins, whole
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return X25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text(encoding="ascii")))
