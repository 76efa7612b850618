"""What the office's forms about places may hold: shape and format, each field with a limit and a key for its fault."""

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import Code, Day, Text
from fieldapp.places.facts import district_codes
from fieldapp.places.importers.shape import KINDS
from fieldapp.places.positions import DECISIONS
from fieldapp.places.rules import SAFETY_LEVELS, YEARS


class SafetyForm(FormSchema):
    """How safe a place is for those who work there, why, and when that is looked at again."""

    version = Number(1, 2**31 - 2, required=True)
    level = Code(SAFETY_LEVELS, required=True)
    reason = Text(filled=True, load_default=None)
    review_on = Day(load_default=None)


class ImportForm(FormSchema):
    """What a file of places is, and of which year; the file comes beside it."""

    kind = Code(KINDS, required=True)
    year = Number(*YEARS, load_default=None)


class PositionForm(FormSchema):
    """What is decided about the position of a school; numbers as they are pasted, with point or comma."""

    version = Number(1, 2**31 - 2, required=True)
    decision = Code(DECISIONS, required=True)
    district = Code(sorted(district_codes()), load_default=None)
    north = Text(30, load_default=None)
    east = Text(30, load_default=None)
