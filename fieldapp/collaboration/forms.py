"""Reads the office's forms about platssamverkan into the bodies that the JSON routes take: one judge for both."""

from typing import Any

from werkzeug.datastructures import MultiDict

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration.codes import PRACTICES
from fieldapp.core.forms import number

EMPTY_STEPS = 2  # rows that a form has left to fill in
YES_NO = {"yes": True, "no": False}
STEP_FIELDS = {"step": "step", "part": "part_of_site", "done": "done_on", "due": "next_due_on"}
Form = MultiDict[str, str]
Body = dict[str, Any]


def collaboration_body(form: Form) -> Body:
    """Return what a form says of a site's year. An actor left at *unknown* is not said; an empty row is none."""
    said = {actor: form.get(f"actor-{actor}", "unknown") for actor in ACTORS}
    return {
        "form": form.get("form"),
        "actors": [{"actor": actor, "participation": how} for actor, how in said.items() if how != "unknown"],
        "meeting_frequency": form.get("meeting_frequency") or None,
        "fixed_cameras": form.get("fixed_cameras", "unknown"),
        "temporary_cameras": form.get("temporary_cameras", "unknown"),
        **{name: YES_NO.get(form.get(name, "")) for name in PRACTICES},
        "process": _steps(form),
        "version": number(form, "version"),
    }


def measure_body(form: Form) -> Body:
    """Return what a form says of a measure."""
    return {
        **{name: form.get(name, "") for name in ("kind", "what", "owner", "owner_function", "status", "follow_up")},
        **{name: form.get(name) or None for name in ("due_on", "effective_on", "followed_up_on")},
        "compare_weeks": number(form, "compare_weeks"),
    }


def example_body(form: Form) -> Body:
    """Return what a form says of a good example."""
    return {
        **{name: form.get(name, "") for name in ("kind", "title", "done", "fits", "seen")},
        "conditions": form.getlist("conditions"),
        "measure_id": form.get("measure_id") or None,
    }


def _steps(form: Form) -> list[Body]:
    numbers = (key[5:] for key in form if key.startswith("step-") and len(key) < 9)
    rows = sorted({int(one) for one in numbers if one.isascii() and one.isdigit()})
    found = []
    for row in rows:
        given = {name: form.get(f"{short}-{row}", "") for short, name in STEP_FIELDS.items()}
        if any(given.values()):
            dates = {name: given[name] or None for name in ("done_on", "next_due_on")}
            found.append({**given, **dates})
    return found
