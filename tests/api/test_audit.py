"""The audit log's chain: every row hashes the one before it; rows hold codes, never contents (X24, X25)."""

from sqlalchemy import select

from fieldapp.audit.models import AuditHead, AuditRow
from fieldapp.audit.services import row_hash
from fieldapp.core.database import db
from fieldapp.demo.accounts import PASSWORD
from tests.factories.phone import ORIGIN

CANARY = "kanariefågel i anteckningen"


def faults(app) -> list[int]:
    """Return the numbers of rows that do not hash to what they say, or do not follow the one before."""
    with app.app_context():
        rows = [
            dict(row) for row in db.session.execute(select(AuditRow.__table__).order_by(AuditRow.number)).mappings()
        ]
        head = db.session.execute(select(AuditHead.number, AuditHead.row_hash)).one()
    found, previous = [], ""
    for number, row in enumerate(rows, start=1):
        said = row.pop("row_hash")
        if row["number"] != number or row["previous_hash"] != previous or row_hash(row) != said:
            found.append(number)
        previous = said
    return found if (head.number, head.row_hash) == (len(rows), previous) else [*found, len(rows) + 1]


def test_the_chain_holds_after_an_evening_and_shows_an_edited_row(app, phone, rows):
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    observation["fields"]["note"] = CANARY
    falt1.apply(shift, visit, observation)
    falt1.client.post(
        "/api/v1/session", json={"email": CANARY, "password": PASSWORD, "device_id": shift["id"]}, headers=ORIGIN
    )
    falt1.client.delete("/api/v1/session", headers=falt1.headers)
    assert faults(app) == []
    actions = {row["action"] for row in rows("SELECT action FROM audit_log")}
    assert {"session.created", "session.refused", "session.ended", "sync.pushed", "grant.given"} <= actions
    assert CANARY not in str(rows("SELECT * FROM audit_log"))
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_log SET action = 'nothing.happened' WHERE number = 3")
    assert faults(app) == [3]
