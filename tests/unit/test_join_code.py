"""The short code of a pass, on the fixtures that the phone reads too (`static/app/domain/joinCode.test.ts`)."""

import json
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from fieldapp.core.ids import new_id
from fieldapp.outreach.rules import join_code
from fieldapp.outreach.schemas_http import JoinSchema

FIXTURES = json.loads((Path(__file__).parents[1] / "fixtures/join_codes.json").read_text())
Json = dict[str, Any]


@pytest.mark.parametrize("case", FIXTURES["codes"], ids=lambda case: case["shift_id"])
def test_a_passs_code_follows_from_its_id_as_on_the_phone(case: Json):
    assert join_code(case["shift_id"]) == case["code"]


def test_codes_of_new_passes_are_six_digits_and_spread():
    codes = [join_code(new_id()) for _ in range(1_000)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 950


@pytest.mark.parametrize("case", FIXTURES["typed"], ids=lambda case: ascii(case["typed"]))
def test_a_code_is_read_as_on_the_phone(case: Json):
    if case["code"] is not None:
        assert JoinSchema().load({"code": case["typed"]}) == {"code": case["code"]}
        return
    with pytest.raises(ValidationError) as refused:
        JoinSchema().load({"code": case["typed"]})
    assert refused.value.messages == {"code": ["not_a_code"]}
