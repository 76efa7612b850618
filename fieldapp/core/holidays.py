"""Days that are no working days in Sweden beside the weekends, from the `holidays` library."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from holidays import country_holidays

# Public holidays, and the eves on which nobody works: midsommarafton, julafton, nyårsafton.
KINDS = ("public", "de_facto")


def public_holidays(years: Iterable[int]) -> frozenset[date]:
    """Return the holidays of some years; plain Sundays are not among them."""
    return frozenset[date]().union(*(_of_year(year) for year in set(years)))


@cache
def _of_year(year: int) -> frozenset[date]:
    return frozenset(country_holidays("SE", years=year, include_sundays=False, categories=KINDS))
