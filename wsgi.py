"""The door for gunicorn and `flask`."""

import gc
import sys

from fieldapp import create_app
from fieldapp.config import WeakSetting
from fieldapp.core.database import UnusableDatabase

try:
    app = create_app()
except (WeakSetting, UnusableDatabase) as error:
    sys.exit(f"Fältlogg startar inte: {error}")
# What the app is made of stays for good; the collector need not walk it again for every batch of records.
gc.collect()
gc.freeze()
