"""The ranked list of *Ikväll*, on the fixtures that the phone reads too (`static/app/domain/tonight.test.ts`)."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from fieldapp.briefings.ranking import tonight

CASES = json.loads((Path(__file__).parents[1] / "fixtures/tonight.json").read_text())["cases"]
Json = dict[str, Any]


def dated(items: list[Json]) -> list[tuple[str, date]]:
    return [(item["site_id"], date.fromisoformat(item["on"])) for item in items]


def briefing(sent: Json) -> Json:
    return {**sent, **{name: datetime.fromisoformat(sent[name]) for name in ("held_at", "valid_from", "valid_until")}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_list_is_the_phones_own(case: Json):
    given = case["input"]
    found = tonight(
        now=datetime.fromisoformat(given["now"]),
        today=date.fromisoformat(given["today"]),
        sites=given["sites"],
        briefings=[briefing(one) for one in given["briefings"]],
        district=given["district"],
        visited=dated(given["visited"]),
        moved_here=dated(given["moved_here"]),
        open_items=given.get("open_items", ()),
        distances_m=given["distances_m"],
        since=datetime.fromisoformat(given["since"]) if "since" in given else None,
    )
    assert [asdict(one) for one in found] == case["expected"]
