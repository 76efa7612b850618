"""JSON route of the audit log (api.md, Review): parse, read, answer."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.core.access import access
from fieldapp.review.audit_reading import READERS, read_entries
from fieldapp.review.audit_schemas import AuditPage, AuditQuery

blp = Blueprint("audit", __name__, url_prefix="/api/v1/audit", description="Who did what")


@blp.route("")
@access(*READERS)
@blp.arguments(AuditQuery, location="query")
@blp.response(200, AuditPage)
def entries(query: dict[str, Any]) -> dict[str, Any]:
    """The log of who did what, newest first; reading it is logged too"""
    return read_entries(query)
