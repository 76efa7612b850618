"""The collections of the present app, for whoever writes records: pages, JSON routes, commands."""

from flask import current_app

from fieldapp.sync.collection import Registry


def registry() -> Registry:
    """Return what is synced, by name."""
    found: Registry = current_app.extensions["fieldapp.registry"]
    return found
