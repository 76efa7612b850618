"""A file of one of the four kinds, read: the one door to the readers. Pure."""

from fieldapp.places.importers.districts import read_districts
from fieldapp.places.importers.schools import read_schools
from fieldapp.places.importers.shape import MAX_BYTES, FileRefused, Line, Read
from fieldapp.places.importers.sites import read_sites
from fieldapp.places.importers.surveys import read_survey


def read_file(kind: str, content: bytes, year: int | None = None) -> Read:
    """Read a file of a kind; `year` is the mapping's or the survey's. Raises `FileRefused`."""
    if len(content) > MAX_BYTES:
        raise FileRefused(Line(1, "", "too_large", str(MAX_BYTES // 1024 // 1024)))
    if kind == "districts":
        return read_districts(content)
    if kind == "schools":
        return read_schools(content)
    return read_sites(content, year) if kind == "sites" else read_survey(content, year)
