"""What nobody foresaw about an observation with the note *gift*: a bug of ours, or a constraint of the database."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from fieldapp.core.database import db
from fieldapp.outreach.sync import Observations

POISON = "gift"
POISONS = ("bug", "constraint")
EVERYWHERE = (*POISONS, "loading", "writing")  # also bugs outside the judging of the one mutation


def poison_observations(app: Flask, monkeypatch: pytest.MonkeyPatch, engine_name: str, poison: str) -> None:
    """Let every observation with the note fail from now on."""
    if poison == "bug":
        honest = Observations.check

        def faulty(self: Observations, change: Any) -> Any:
            if change.after["note"] == POISON:
                raise ZeroDivisionError
            return honest(self, change)

        monkeypatch.setattr(Observations, "check", faulty)
        return
    if poison == "loading":
        read = Observations.facts

        def failing(self: Observations, session: Any, actor: Any, records: Any) -> Any:
            if any(record.get("note") == POISON for record in records):
                raise ZeroDivisionError
            return read(self, session, actor, records)

        monkeypatch.setattr(Observations, "facts", failing)
        return
    if poison == "writing":
        follow = Observations.written

        def stumbling(self: Observations, session: Any, written: Any) -> None:
            if any(item.after["note"] == POISON for item in written):
                raise ZeroDivisionError
            follow(self, session, written)

        monkeypatch.setattr(Observations, "written", stumbling)
        return
    refuse(app, engine_name, "observations", "note", POISON)


def refuse(app: Flask, engine_name: str, table: str, column: str, value: str) -> None:
    """Make a constraint the app knows nothing of: no new row may have the value."""
    with app.app_context(), db.engine.begin() as connection:
        if engine_name == "postgresql":
            held = f"CHECK ({column} <> '{value}') NOT VALID"
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT ck_poison {held}"))
        else:
            connection.execute(
                text(
                    f"CREATE TRIGGER poison BEFORE INSERT ON {table} WHEN NEW.{column} = '{value}' "
                    "BEGIN SELECT RAISE(ABORT, 'constraint'); END"
                )
            )


def allow(app: Flask, engine_name: str, table: str) -> None:
    """Take the constraint away again."""
    with app.app_context(), db.engine.begin() as connection:
        if engine_name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_poison"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS poison"))
