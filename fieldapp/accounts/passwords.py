"""Passwords: argon2id, always outside the write lock (trap 13)."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, normalised so that every keyboard gives the same."""
    return _hasher.hash(unicodedata.normalize("NFKC", password))


def password_matches(stored: str | None, password: str) -> bool:
    """Compare; without a stored hash the same time is spent, so that unknown accounts can't be told apart (X06)."""
    try:
        return _hasher.verify(stored or _nobody(), unicodedata.normalize("NFKC", password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash("an account that does not exist")
