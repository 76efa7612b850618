"""What the office's forms about briefings may hold: codes and a date, nothing written."""

from fieldapp.core.forms import FormSchema
from fieldapp.core.schema import Code, Day, IdField
from fieldapp.followup.material import AUTHORITIES


class HandOverForm(FormSchema):
    """To which authority the material was handed, and the last of the days it showed."""

    form_id = IdField(data_key="id", load_default=None)  # the form's own: sent twice, it is one handing over
    authority = Code(AUTHORITIES, required=True)
    last = Day(required=True)
