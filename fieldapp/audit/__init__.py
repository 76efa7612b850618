"""Append-only log of who did what: rows chained by hash, so that an edited, removed or moved row shows."""
