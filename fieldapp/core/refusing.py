"""A form that is refused in words: nothing of it is half written, and each error stands at its field."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid
from fieldapp.core.schema import flat_errors

Faults = dict[str, list[str]]


class Refusal:
    """Why a form was not taken in: the field errors and the status of the answer."""

    def __init__(self, faults: Faults, status: int) -> None:
        self.faults, self.status = faults, status


def refused_by(work: Callable[[], Any], *, moved: str, of_the_form: Mapping[str, str] | None = None) -> Refusal | None:
    """Do what a form asks, inside a writing transaction; where it is refused in words, undo all of it and say why.

    `moved`: what is said where the record is another than was read. `of_the_form`: what the form calls a field.
    """
    try:
        work()
    except ValidationError as error:
        return Refusal(_by_field(flat_errors(error.messages), of_the_form or {}), 422)
    except Invalid as error:
        db.session.rollback()
        return Refusal(_by_field(error.fields, of_the_form or {}), 422)
    except Conflict as error:
        db.session.rollback()
        return Refusal({"version": [moved]}, error.status)
    return None


def _by_field(fields: Mapping[str, list[str]], of_the_form: Mapping[str, str]) -> Faults:
    """Put errors at the form's fields: `3.site_ids.0` is the places', and said once."""
    found: Faults = {}
    for path, keys in fields.items():
        name = next((part for part in path.split(".") if not part.isdigit()), path)
        listed = found.setdefault(of_the_form.get(name, name), [])
        listed += [key for key in keys if key not in listed]
    return found
