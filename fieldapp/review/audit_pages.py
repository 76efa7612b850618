"""The office's page of the audit log, for administrators; works without JavaScript."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.accounts.queries import people_names
from fieldapp.core.access import access
from fieldapp.core.catalogue import best_locale, sentences, text, translated_fields
from fieldapp.core.database import db
from fieldapp.core.schema import flat_errors
from fieldapp.review.audit_reading import READERS, read_entries
from fieldapp.review.audit_schemas import AuditQuery

pages = Blueprint("office_audit", __name__, url_prefix="/office/audit")
PAGE = 100
FILTERS = ("actor", "action", "subject", "from", "to", "after")
ACTION = "audit.action."


@pages.get("")
@access(*READERS)
def entries() -> ResponseReturnValue:
    """List what was done, newest first, with a filter that shows in the address."""
    given = {name: value for name, value in request.args.items() if name in FILTERS and value}
    try:
        asked = AuditQuery().load({**given, "limit": PAGE})
    except ValidationError as error:
        return _page({"items": [], "next": None}, given, flat_errors(error.messages)), 422
    return _page(read_entries(asked), given, {})


def _page(found: dict[str, Any], given: dict[str, str], faults: dict[str, list[str]]) -> str:
    names = people_names(db.session())
    return render_template(
        "review/audit.html",
        entries=found["items"],
        older={**given, "after": found["next"]} if found["next"] else None,
        given=given,
        faults=translated_fields(faults),
        people=names,
        actions=_actions(),
        in_words=_in_words,
        details_of=_details_of,
    )


def _actions() -> dict[str, str]:
    """Return the words of every action by code, in the order of the words."""
    known = sentences(best_locale()).items()
    actions = [(key.removeprefix(ACTION), words) for key, words in known if key.startswith(ACTION)]
    return dict(sorted(actions, key=lambda action: action[1]))


def _in_words(action: str) -> str:
    return text(ACTION + action).removeprefix(ACTION)


def _details_of(entry: Mapping[str, Any]) -> list[str]:
    """Return what a row says beside whom and what: codes and counts as they stand, nothing for what is empty."""
    return [f"{name}: {_plain(value)}" for name, value in entry["details"].items() if value not in (None, [], {})]


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
