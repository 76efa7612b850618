"""The guard of free text, on the fixtures that the phone reads too (`static/app/domain/privacyGuard.test.ts`)."""

import json
from pathlib import Path
from typing import Any

import pytest

from fieldapp.core.privacy_guard import WARNINGS, privacy_warnings

CASES = json.loads((Path(__file__).parents[1] / "fixtures/privacy_guard.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"]))
def test_a_text_is_looked_over_as_on_the_phone(case: dict[str, Any]):
    assert privacy_warnings(case["text"], case.get("places", ())) == case["warnings"]


def test_each_kind_of_warning_is_met():
    assert {kind for case in CASES for kind in case["warnings"]} == set(WARNINGS)
