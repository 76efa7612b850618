"""What the office's forms about reinforcements may hold; each text has a limit and is guarded (PU13)."""

from marshmallow import fields, validate

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import Code, Day, IdField, Text
from fieldapp.outreach.codes import EVENTS
from fieldapp.places.facts import district_codes
from fieldapp.plans.forms import Clock
from fieldapp.reinforcements.codes import OTHER_REQUESTERS

MOST_TEAMS = 20


class AskForm(FormSchema):
    """What is asked for. Without `requested_by` the district itself asks."""

    key = IdField(data_key="id", load_default=None)  # the form's own: sent twice, it asks once
    district = Code(sorted(district_codes()), required=True)
    requested_by = Code(OTHER_REQUESTERS, load_default=None)
    event = Code(EVENTS, load_default=None)
    day = Day(data_key="date", required=True)
    starts = Clock(required=True)
    ends = Clock(required=True)
    place_words = Text(load_default="")
    reason = Text(filled=True, required=True)


class AnswerForm(FormSchema):
    """Yes with teams, or no."""

    version = Number(1, 2**31 - 1, required=True)
    teams = fields.List(IdField(), load_default=list, validate=validate.Length(max=MOST_TEAMS, error="too_many_items"))
    words = Text(load_default="")


class WithdrawForm(FormSchema):
    """What was asked for, taken back."""

    version = Number(1, 2**31 - 1, required=True)
