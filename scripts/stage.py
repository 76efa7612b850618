"""A throw-away server with the demo's weeks behind it, and a phone, for scripts that look and measure."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from fieldapp import create_app
from fieldapp.accounts.models import User
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.approving import approve_evenings
from fieldapp.demo.collaboration import seed_collaboration
from fieldapp.demo.sending import send_evenings
from fieldapp.demo.staffing import seed_staffing
from tests.conftest import fill, settings_for
from tests.faults.server import Server, serving


@contextmanager
def served(*, evenings: bool) -> Iterator[tuple[Server, Path]]:
    """Serve a fresh database, with ten weeks of invented evenings or none; yield the server and its folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'faltlogg.db'}"
        app = create_app(settings_for(url, folder))
        fill(app)
        if evenings:
            with app.app_context():
                people = {user.email.split("@")[0]: user.id for user in db.session.scalars(select(User))}
                db.session.rollback()
                send_evenings(people)
                with write_transaction():
                    seed_staffing(db.session(), people, utc_now())
                    seed_collaboration(db.session(), people, utc_now())
                    approve_evenings(db.session(), people, utc_now())
                db.session.remove()
                db.engine.dispose()
        with serving(url, folder) as server:
            server.url = server.url.replace("127.0.0.1", "localhost")
            yield server, folder
