"""Panels: what packages above add to a page of one below, wired in `create_app` (`core/ports.py`).

A panel is a template and what it is made of; a package that has nothing to say to this reader gives none. The page
includes each template with its context as `panel`, and draws the panel's marks on its map if it has one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor


@dataclass(frozen=True)
class Panel:
    """A section of a page."""

    template: str
    context: Mapping[str, Any]
    marks: Sequence[Mapping[str, Any]] = ()


# What is shown, who reads, the record the page is about, the moment.
PanelMaker = Callable[[Session, Actor, Mapping[str, Any], datetime], Panel | None]


def panels_of(*makers: PanelMaker) -> Callable[[Session, Actor, Mapping[str, Any], datetime], list[Panel]]:
    """Return a port that asks each of the makers, in their order."""

    def panels(session: Session, actor: Actor, about: Mapping[str, Any], now: datetime) -> list[Panel]:
        made = (maker(session, actor, about, now) for maker in makers)
        return [panel for panel in made if panel is not None]

    return panels
