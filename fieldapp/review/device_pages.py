"""The office's page of phones: when each was heard of last, what it lacks; and reading in a queue file (CL11)."""

from typing import Any

import orjson
from flask import current_app, request
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import DomainError, Malformed
from fieldapp.core.http import takes_bytes
from fieldapp.review import device_reads, queue_files
from fieldapp.review.kept_pages import pages as pages
from fieldapp.review.page_frame import asked_place, asked_teams, following, group_page
from fieldapp.review.pages import READERS
from fieldapp.review.paging import FIRST, Place, cut
from fieldapp.review.words import moment_of
from fieldapp.sync.api import in_words
from fieldapp.sync.registered import registry

FORM_BYTES = 64 * 1024  # what a form adds around its file


@pages.get("/devices")
@access(*READERS)
def devices() -> ResponseReturnValue:
    """List the phones of the people one leads."""
    return _devices_page()


@pages.post("/devices")
@access(*READERS)
@takes_bytes(queue_files.MAX_FILE_BYTES + FORM_BYTES)
def read_queue_file() -> ResponseReturnValue:
    """Read in the queue of a phone from its file, and say in words what became of each record."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _devices_page(fault="required"), 422
    try:
        document = orjson.loads(file.read())
        found = queue_files.read_in(
            registry(),
            lead=current_actor(),
            document=document,
            key=current_app.config["SETTINGS"].lasting_key.encode(),
            now=utc_now(),
        )
    except (orjson.JSONDecodeError, Malformed, queue_files.QueueFileUnreadable) as error:
        return _devices_page(fault="queue_file_unreadable"), error.status if isinstance(error, DomainError) else 422
    return _devices_page(read={**found, "receipts": [in_words(receipt) for receipt in found["receipts"]]})


def _devices_page(fault: str | None = None, read: dict[str, Any] | None = None) -> str:
    phones, more = cut(device_reads.phones(db.session(), asked_teams()), _silent_since, asked_place())
    found = [{**phone, "oldest_at": moment_of((phone["queue"] or {}).get("oldest_made_at"))} for phone in phones]
    saved_at = moment_of(read["saved_at"]) if read else None
    return group_page(
        "review/devices.html",
        "devices",
        found=found,
        following=following(more),
        fault=fault,
        read=read,
        saved_at=saved_at,
    )


def _silent_since(phone: dict[str, Any]) -> Place:
    return phone["last_sync_at"] or FIRST, phone["device_id"]
