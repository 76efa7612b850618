"""What makes a briefing hold together. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

LONGEST = timedelta(days=3)


def briefing_faults(briefing: Mapping[str, Any]) -> dict[str, list[str]]:
    """Judge a briefing: it has districts, an end after its start, and each place and actor once."""
    errors: dict[str, list[str]] = {}
    if not briefing["districts"]:
        errors["districts"] = ["required"]
    length = briefing["valid_until"] - briefing["valid_from"]
    if length <= timedelta(0):
        errors["valid_until"] = ["ended_before_started"]
    elif length > LONGEST:
        errors["valid_until"] = ["longer_than_three_days"]
    for field, key in (("priorities", "site_id"), ("actors", "actor")):
        seen = set()
        for index, item in enumerate(briefing[field]):
            if item[key] in seen:
                errors[f"{field}.{index}.{key}"] = ["repeated"]
            seen.add(item[key])
    return errors
