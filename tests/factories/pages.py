"""What every page of the office is, whoever asks for it."""

import re

KEY = re.compile(r">\s*(?:code|summary|shifts?|office)\.[a-z_.]+")


def assert_sound(html: str) -> None:
    """No script but a file of ours, no inline style (CSP), no key without a sentence, one main heading."""
    assert "<script" not in re.sub(
        r'<script type="module" src="/static/(?:office/[a-z]+|dist/map)\.js"></script>', "", html
    )
    assert " style=" not in html
    assert " on" not in re.sub(r">[^<]*<", "><", html).replace(" one", "")
    assert not KEY.search(html)
    assert html.count("<h1") == 1
    assert '<html lang="sv">' in html
