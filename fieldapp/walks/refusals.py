"""What the office's pages of night walks share: a form that is refused in words leaves nothing half written."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from marshmallow import ValidationError

from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.ids import readable_id
from fieldapp.core.schema import flat_errors
from fieldapp.sync.collection import Registry

OF_THE_FORM = {"planned_start": "starts", "planned_end": "ends", "group_id": "group"}
Faults = dict[str, list[str]]


class Refusal:
    """Why a form was not taken in: the field errors and the status of the answer."""

    def __init__(self, faults: Faults, status: int) -> None:
        self.faults, self.status = faults, status


def refused_by(work: Callable[[], Any], moved: str = "walk_moved") -> Refusal | None:
    """Do what a form asks; where it is refused in words, undo all of it and say why."""
    try:
        work()
    except ValidationError as error:
        return Refusal(by_field(flat_errors(error.messages)), 422)
    except Invalid as error:
        db.session.rollback()
        return Refusal(by_field(error.fields), 422)
    except Conflict as error:
        db.session.rollback()
        return Refusal({"version": [moved]}, error.status)
    return None


def by_field(fields: Mapping[str, list[str]]) -> Faults:
    """Put errors at the form's fields: `3.site_ids.0` is the places', and said once."""
    found: Faults = {}
    for path, keys in fields.items():
        name = next((part for part in path.split(".") if not part.isdigit()), path)
        listed = found.setdefault(OF_THE_FORM.get(name, name), [])
        listed += [key for key in keys if key not in listed]
    return found


def known_id(given: str) -> str:
    """Read an id of an address; what is none is not found."""
    known = readable_id(given)
    if known is None:
        raise NotFound
    return known


def registry() -> Registry:
    """Return what is synced, by name."""
    found: Registry = current_app.extensions["fieldapp.registry"]
    return found
