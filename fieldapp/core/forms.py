"""What forms of pages are made of: a number typed in is text, and browsers and add-ons add fields of their own.

Shape and format only; nothing here asks the database.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate


class Number(fields.Integer):
    """A whole number typed into a form."""

    default_error_messages = {"required": "required", "null": "required", "invalid": "not_a_whole_number"}  # noqa: RUF012

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high, error="out_of_range"), **kwargs)


class FormSchema(Schema):
    """A form: what it does not know is left alone, as browsers and add-ons add fields."""

    class Meta:
        unknown = "exclude"


def read_form(schema: Schema, form: Any, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """Load a submitted form; `lists` are fields that may come several times. Raises `ValidationError`."""
    given: Mapping[str, Any] = {
        **{name: value for name, value in form.items() if value != "" and name not in lists},
        **{name: form.getlist(name) for name in lists if name in form},
    }
    loaded: dict[str, Any] = schema.load(given)
    return loaded


def number(form: Mapping[str, str], name: str) -> int | str | None:
    """Return a whole number that a form says; what is none stays as it was written, to be refused."""
    written = form.get(name)
    is_number = written is not None and written.isascii() and written.isdigit() and len(written) < 12
    return int(written) if is_number and written is not None else written
