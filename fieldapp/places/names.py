"""What places are called: how two names are compared, and what a public one never says. Pure."""

import unicodedata

SAYS_WHAT_IT_IS = ("ods", "drog", "narkotika")  # what a public label never says


def plain(words: str) -> str:
    """Return words as they are compared: lower case, without accents and what stands between words."""
    letters = unicodedata.normalize("NFD", words.strip().lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def says_scene(label: str) -> bool:
    """Say whether a public label tells what the place is, which it never does."""
    return any(word in plain(label) for word in SAYS_WHAT_IT_IS)
