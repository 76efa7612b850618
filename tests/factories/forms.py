"""What a browser would send of a form that nobody has touched."""

from html.parser import HTMLParser
from typing import Any


def values_of(html: str) -> dict[str, Any]:
    """Return the values of a form's inputs, texts and chosen options by name; a name that comes again as a list."""
    reader = _Reader()
    reader.feed(html)
    found: dict[str, Any] = {}
    for name, value in reader.values:
        found[name] = value if name not in found else [*_listed(found[name]), value]
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self.select: list[tuple[str, bool]] | None = None
        self.name = ""
        self.area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name:
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self.values.append((name, given.get("value") or ""))
        elif tag == "select":
            self.select, self.name = [], name
        elif tag == "option" and self.select is not None:
            self.select.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea":
            self.area, self.name = [], name

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select is not None:
            chosen = [value for value, is_chosen in self.select if is_chosen]
            first = [value for value, _ in self.select]
            self.values += [(self.name, value) for value in (chosen or first)[:1]]
            self.select = None
        elif tag == "textarea" and self.area is not None:
            self.values.append((self.name, "".join(self.area)))
            self.area = None
