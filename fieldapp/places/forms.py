"""What the office's forms about places may hold: shape and format, each field with a limit and a key for its fault."""

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import Code, Day, Text
from fieldapp.places.rules import SAFETY_LEVELS


class SafetyForm(FormSchema):
    """How safe a place is for those who work there, why, and when that is looked at again."""

    version = Number(1, 2**31 - 2, required=True)
    level = Code(SAFETY_LEVELS, required=True)
    reason = Text(filled=True, load_default=None)
    review_on = Day(load_default=None)
