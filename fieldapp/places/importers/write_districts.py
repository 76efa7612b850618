"""Official outlines into the districts: only the outline changes, codes and stadsdelar are the product's."""

from sqlalchemy import select

from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.models import District


def write_districts(ledger: Ledger) -> None:
    """Write the outlines that are others than the stored; districts the file lacks are told as disappeared."""
    stored = {row.code: row for row in ledger.session.scalars(select(District).where(~District.deleted))}
    rows = sorted(ledger.read.rows, key=lambda row: row["code"])
    for row in rows:
        district = stored.get(row["code"])
        if district is None:
            ledger.refuse(row, "unknown_district")
        elif not ledger.may_write(row["code"]):
            ledger.refuse(row, "not_your_district")
        elif ledger.write("districts", district, {"geometry": row["geometry"], "schematic": False}):
            ledger.changed += 1
        else:
            ledger.unchanged += 1
    ledger.disappeared += [stored[code].name for code in stored.keys() - {row["code"] for row in rows}]
