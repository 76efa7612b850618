"""The server's one catalogue of sentences: Swedish first, English second, by key."""

from functools import cache
from importlib import resources

import orjson
from flask import has_request_context, request

LOCALES = ("sv", "en")


@cache
def sentences(locale: str) -> dict[str, str]:
    """Return every sentence of a locale, by key."""
    text = resources.files(__name__).joinpath(f"{locale}.json").read_bytes()
    loaded: dict[str, str] = orjson.loads(text)
    return loaded


def best_locale() -> str:
    """Return the locale of the present request by Accept-Language; Swedish outside one."""
    if not has_request_context():
        return "sv"
    return request.accept_languages.best_match(LOCALES, "sv") or "sv"


def text(key: str, locale: str | None = None, **values: object) -> str:
    """Return the sentence of a key; a key without one is returned as it is (it names the fault)."""
    sentence = sentences(locale or best_locale()).get(key)
    return sentence.format(**values) if sentence else key


def translated_fields(fields: dict[str, list[str]], locale: str | None = None) -> dict[str, list[str]]:
    """Turn field path → message keys into field path → sentences."""
    return {
        path: [text(f"field.{key}", locale).removeprefix("field.") for key in keys] for path, keys in fields.items()
    }
