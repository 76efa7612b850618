"""Walks in words: what a group said, and the message for its own chat."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import format_date, format_datetime

from fieldapp.core.catalogue import text


def answer_words(answer: Mapping[str, Any]) -> str:
    """Say what a group answered, without its note and name."""
    kind = answer["kind"]
    if kind == "other_evening":
        return text("walks.said.other_evening", day=format_date(answer["other_evening"], "EEE d MMM"))
    return text(f"walks.said.{kind}", count=answer["walkers"])


def message_for_chat(walk: Mapping[str, Any], places: Iterable[str]) -> str:
    """Return what a coordinator pastes into a group's own chat: when, where, places by public label, whom to ring."""
    when = (
        format_datetime(walk["planned_start"], "EEEE d MMMM HH:mm")
        + "–"
        + format_datetime(walk["planned_end"], "HH:mm")
    )
    named = ", ".join(places)
    lines = [
        text("walks.message.when", when=when),
        text("walks.message.where", where=walk["meeting_point"]) if walk["meeting_point"].strip() else "",
        text("walks.message.places", places=named) if named else "",
        text("walks.message.phone", phone=walk["duty_phone"]) if walk["duty_phone"].strip() else "",
    ]
    return "\n".join(line for line in lines if line)
