"""Secrets in addresses: a group's page, a calendar feed. Shown once; tables hold their SHA-256 alone."""

import hashlib
import secrets


def new_token() -> str:
    """Make a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what a table stores of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
