"""Which decisions a shift's status allows (PU10), and what one may say. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

APPROVE, RETURN, REOPEN = "approve", "return", "reopen"
DECISIONS = (APPROVE, RETURN, REOPEN)
NEXT_STATUS = {
    ("submitted", APPROVE): "approved",
    ("submitted", RETURN): "returned",
    ("approved", REOPEN): "returned",
}


def status_after(status: str, decision: str) -> str | None:
    """Return what a decision makes of a shift, None where it can't be taken."""
    return NEXT_STATUS.get((status, decision))


LONGEST_WAIT = timedelta(days=30)


def due_faults(decision: str, due_on: date | None, today: date) -> dict[str, list[str]]:
    """Judge until when a shift is asked for again: with a return or a reopening, from today on, within 30 days."""
    is_open_again = decision in (RETURN, REOPEN)
    if due_on is None or (is_open_again and today <= due_on <= today + LONGEST_WAIT):
        return {}
    return {"due_on": ["out_of_range"]}


def comment_faults(
    comments: Sequence[Mapping[str, str]], live: Mapping[str, str], fields: Mapping[str, Collection[str]]
) -> dict[str, list[str]]:
    """Judge what is asked of single fields. `live`: the collection of each record; `fields`: of each collection."""
    faults: dict[str, list[str]] = {}
    for index, comment in enumerate(comments):
        collection = live.get(comment["record_id"])
        if collection is None:
            faults[f"field_comments.{index}.record_id"] = ["unknown_id"]
        elif comment["field"] not in fields[collection]:
            faults[f"field_comments.{index}.field"] = ["unknown_field"]
    return faults


def needs_words(decision: str) -> bool:
    """Say whether the decision has to say why: whoever gets a shift back must know what is asked for."""
    return decision in (RETURN, REOPEN)
