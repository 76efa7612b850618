"""A conflict as questions a person answers, and their answers as the resolution that is saved (PU5).

As on the phone (`static/app/ui/read/conflicts.ts`): fields that only mean something together are one question, and a
side that was a removal is about the whole record.
"""

from collections.abc import Mapping
from typing import Any

from fieldapp.core.catalogue import text
from fieldapp.review.words import FREE_TEXTS, LONG_TEXTS, Names, field_name, grouped, in_every_word, told_apart

CHOICES = ("server", "sent", "other")
Json = dict[str, Any]


def questions_of(conflict: Mapping[str, Any], names: Names, now: Mapping[str, Any] | None = None) -> list[Json]:
    """Return a question for each group of fields: `id, fields, name, server, sent, now, is_text, is_long`.

    `now`: the record as it stands, where that is to be shown beside both.
    """
    server, sent = conflict["server"], conflict["sent"]
    if server.get("deleted") or sent.get("deleted"):
        words = {"server": _whole(server, names), "sent": _whole(sent, names), "now": now and _whole(now, names)}
        whole = {"id": "record", "fields": list(sent), "name": text("review.whole_record")}
        return [{**whole, **words, "is_text": False, "is_long": False}]
    sides = {"server": server, "sent": sent} | ({"now": now} if now else {})
    return [
        {
            "id": group[0],
            "fields": group,
            "name": field_name(group[0]),
            "now": None,
            **dict(zip(sides, told_apart(group, list(sides.values()), names), strict=True)),
            "is_text": len(group) == 1 and group[0] in FREE_TEXTS,
            "is_long": group[0] in LONG_TEXTS,
            "value": sent.get(group[0]),
        }
        for group in grouped(sent)
    ]


def resolution_of(questions: list[Json], form: Mapping[str, str]) -> tuple[Json, dict[str, list[str]]]:
    """Return what was chosen for each field, and which questions have no answer."""
    resolution: Json = {}
    faults: dict[str, list[str]] = {}
    for question in questions:
        choice = form.get(f"choice-{question['id']}", "")
        if choice not in CHOICES or (choice == "other" and not question["is_text"]):
            faults[question["id"]] = ["required"]
            continue
        answer = {"choice": choice}
        if choice == "other":
            answer["value"] = form.get(f"other-{question['id']}", "").replace("\r\n", "\n")
        resolution |= {field: answer for field in question["fields"]}
    return resolution, faults


def faults_of(questions: list[Json], fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Put errors at the questions: `resolution.note.value` and `note.0` are both the note's; others at `version`."""
    found: dict[str, list[str]] = {}
    for path, keys in fields.items():
        name = path.removeprefix("resolution.").split(".")[0]
        about = (one["id"] for one in questions if name in (one["id"], *one["fields"]))
        listed = found.setdefault(next(about, "version"), [])
        listed += [key for key in keys if key not in listed]
    return found


def _whole(values: Mapping[str, Any], names: Names) -> str:
    if values.get("deleted"):
        return text("review.removed")
    return "\n".join(f"{name}: {words}" for name, words in in_every_word(values, names))
