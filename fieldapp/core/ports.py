"""What a lower package needs from a higher one, wired in `create_app`; the only way upward."""

from collections.abc import Callable
from typing import Any

from flask import current_app


def provide(app: Any, name: str, port: Callable[..., Any]) -> None:
    """Wire a port."""
    app.extensions[f"fieldapp.{name}"] = port


def port(name: str) -> Callable[..., Any]:
    """Return a wired port of the present app."""
    found: Callable[..., Any] = current_app.extensions[f"fieldapp.{name}"]
    return found
