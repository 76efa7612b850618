"""The door for gunicorn and `flask`."""

import gc
import sys

gc.disable()  # while modules are read hardly anything is garbage: a worker that was killed is back a sixth sooner

from click import get_current_context  # noqa: E402 - with the collector off

from fieldapp import create_app  # noqa: E402 - with the collector off
from fieldapp.config import WeakSetting  # noqa: E402
from fieldapp.core.database import UnusableDatabase  # noqa: E402

try:
    is_command = get_current_context(silent=True) is not None
    app = create_app(serves=not is_command)
except (WeakSetting, UnusableDatabase) as error:
    sys.exit(f"Fältlogg startar inte: {error}")
# What the app is made of stays for good; the collector need not walk it again for every batch of records.
gc.enable()
gc.collect()
gc.freeze()
