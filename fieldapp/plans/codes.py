"""Fixed codes of plans (api.md, Sync)."""

from fieldapp.outreach.codes import EVENTS, KINDS

__all__ = ["KINDS", "SPECIAL_DAYS"]

SPECIAL_DAYS = EVENTS
