"""Words of a day in the reader's language. Reads nothing but the locale."""

from datetime import date

from flask_babel import format_date


def day_words(day: date) -> str:
    """Write a date as 3 oktober 2026."""
    return str(format_date(day, "d MMMM yyyy"))
