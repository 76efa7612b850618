"""Passes that wait for a leader, as tests need them, and what the queue's pages say of them."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

from tests.factories.pages import assert_sound
from tests.factories.phone import Json, Phone, now_iso

QUEUE = "/office/review"


def submitted(phone: Phone, *more: Json, **fields: Any) -> str:
    """Send in a pass with visits made for no pass yet and what hangs on them; return its id."""
    defaults = {"started_at": now_iso(hours=-6), "ended_at": now_iso(hours=-1)}
    shift = phone.shift(**{**defaults, **fields})
    key: str = shift["record_id"]
    for one in more:
        if "shift_id" in one["fields"]:
            one["fields"]["shift_id"] = key
    phone.apply(shift, *more)
    phone.apply(phone.mutation("shifts", "update", key, 1, status="submitted"))
    return key


def shown(who: Phone, path: str = "", status: int = 200, **query: Any) -> str:
    """Return a page of the queue, sound as every page is."""
    answer = who.client.get(f"{QUEUE}{path}?{urlencode(query)}")
    assert answer.status_code == status, answer.text[:2000]
    assert_sound(answer.text)
    return str(answer.text)


def posted(who: Phone, path: str, **form: Any) -> Any:
    """Send a form of the queue, without JavaScript."""
    data = {"csrf_token": who.session["csrf_token"], **form}
    return who.client.post(f"{QUEUE}{path}", data=data, headers={"Origin": "http://localhost"})


def section(html: str, part: str) -> str:
    """Return the part of the queue of that name."""
    return html.split(f'<section aria-labelledby="part-{part}">')[1].split("</section>")[0]


def passes_in(html: str) -> list[str]:
    """Return the ids of the passes a page links to, in order, each once."""
    return list(dict.fromkeys(re.findall(r'href="/office/review/passes/([0-9a-f-]{36})"', html)))


def following(html: str) -> str | None:
    """Return the address of the next page."""
    found = html.split('rel="next" href="')[1:]
    return unescape(found[0].split('"')[0]) if found else None


def count_of(html: str, group: str) -> str:
    """Return what the queue's navigation says of a group's size."""
    found = re.search(rf'href="/office/review{group}[^"]*"[^>]*>[^<]*<span class="quiet">([^<]*)</span>', html)
    assert found, group
    return found[1]
