"""Mending a line of a pass, by its route and by its page as a browser would."""

from typing import Any

from tests.factories.forms import values_of
from tests.factories.phone import Json, Phone
from tests.factories.review import posted, shown

COUNT = {"age_band": "13-15", "gender": "female", "present": 40, "contacts": 2}


def read(who: Phone, shift: str) -> Json:
    found: Json = who.client.get(f"/api/v1/shifts/{shift}").get_json()
    return found


def observed(who: Phone, shift: str) -> Json:
    [found] = read(who, shift)["observations"]
    return dict(found)


def mend(who: Phone, shift: str, record_id: str, version: int = 1, reason: str = "Feltryck.", **fields: Any) -> Any:
    body = {"record_id": record_id, "version": version, "fields": fields, "reason": reason}
    return who.client.post(f"/api/v1/shifts/{shift}/mends", json=body, headers=who.headers)


def typed_on(html: str) -> dict[str, Any]:
    """Return what a form's inputs hold when nothing is touched."""
    return values_of(html.split('<form method="post" class="stack card">')[1].split("</form>")[0])


def on_page(who: Phone, shift: str, record_id: str, **typed: Any) -> Any:
    path = f"/passes/{shift}/lines/{record_id}"
    return posted(who, path, **{**typed_on(shown(who, path)), **typed})
