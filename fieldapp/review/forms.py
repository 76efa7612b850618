"""Shape of what the forms of the queue send."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import Code, Day, Items, Part, Text
from fieldapp.review.rules import DECISIONS
from fieldapp.review.schemas import LARGEST as LARGEST_SEQ
from fieldapp.review.schemas import FieldCommentSchema

LARGEST = 2**31 - 1


class _Settling(FormSchema):
    """What becomes of something kept, with why: putting it away always says so."""

    puts_away = "discard"
    reason = Text(load_default="")

    @validates_schema
    def _says_why(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if data["action"] == self.puts_away and not data["reason"].strip():
            raise ValidationError({"reason": ["required"]})


class RejectionForm(_Settling):
    """What becomes of what was refused."""

    action = Code(("replay", "discard"), required=True)


class LateForm(_Settling):
    """What becomes of what came after the approval; either way with why, which the service asks for."""

    action = Code(("take_in", "discard"), required=True)


class ConflictForm(FormSchema):
    """Which conflict the choices are about, as it was shown, and why where that amends an approved pass."""

    version = Number(1, LARGEST, required=True)
    why = Text(load_default="")


class DecisionForm(FormSchema):
    """A decision on a pass, as it was shown, with what is asked of single lines."""

    decision = Code(DECISIONS, required=True)
    content_version = Number(0, LARGEST_SEQ, required=True)
    comment = Text(limit=2000, load_default="")
    field_comments = Items(Part(FieldCommentSchema), load_default=list)
    due_on = Day(load_default=None)


class AmendForm(FormSchema):
    """Why what came late belongs to the pass."""

    amend_reason = Text(load_default="")


class MendForm(FormSchema):
    """Why a line is mended, and the line as it was shown; its own fields are read by `mend_form.py`."""

    version = Number(1, LARGEST, required=True)
    mend_reason = Text(filled=True, required=True)
