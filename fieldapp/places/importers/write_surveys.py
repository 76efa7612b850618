"""Answers of earlier surveys to the sites they speak of."""

from sqlalchemy import select

from fieldapp.core.ids import new_id
from fieldapp.places.import_models import OldSurvey
from fieldapp.places.importers.known_sites import KnownSites
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.names import plain


def write_survey(ledger: Ledger) -> None:
    """Keep the answers of each site and year; they are told as old wherever they are shown."""
    session, known = ledger.session, KnownSites(ledger)
    stored = {(row.site_id, row.year): row for row in session.scalars(select(OldSurvey))}
    for row in sorted(ledger.read.rows, key=lambda row: (row["year"], plain(row["name"]), row["row"])):
        site, reason = known.find(row)
        if site is None:
            ledger.refuse(row, reason or "unknown_site")
        elif not ledger.may_write(site.district):
            ledger.refuse(row, "not_your_district")
        elif (survey := stored.get((site.id, row["year"]))) is None:
            made = OldSurvey(id=new_id(), site_id=site.id, year=row["year"], answers=row["answers"])
            session.add(made)
            stored[site.id, row["year"]] = made
            ledger.made("survey", made.id, {"answers": row["answers"]})
            ledger.created += 1
        elif survey.answers == row["answers"]:
            ledger.unchanged += 1
        elif ("survey", survey.id) in ledger.changes:  # two rows of one site, by name and by id
            ledger.refuse(row, "repeated")
        else:
            before, survey.answers = survey.answers, row["answers"]
            ledger.made("survey", survey.id, {"answers": row["answers"]})
            ledger.changes["survey", survey.id].before = {"answers": before}
            ledger.changed += 1
