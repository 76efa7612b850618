"""PostgreSQL: what the app's own role may do with the log. It reads and appends, and changes nothing that stands."""

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from fieldapp.audit.models import AuditHead, AuditRow, Checkpoint
from fieldapp.audit.services import record
from fieldapp.core.errors import Invalid

APPENDED = (AuditRow.__tablename__, Checkpoint.__tablename__)
MOVED = AuditHead.__tablename__
_ROLE = text("SELECT rolname FROM pg_roles WHERE rolname = :role").bindparams(bindparam("role"))
_SELF = text("SELECT current_user")
_OWNS = text(
    "SELECT count(*) FROM pg_class WHERE oid = to_regclass(:name) AND pg_has_role(:role, relowner, 'MEMBER')"
).bindparams(bindparam("name"), bindparam("role"))
# Also through roles whose rights it does not have by itself but can take (SET ROLE), and of single columns.
_CAN = text(
    "SELECT count(*) FROM pg_roles AS other WHERE pg_has_role(:role, other.oid, 'MEMBER') AND ("
    "has_table_privilege(other.oid, :name, :what) "
    "OR (:is_appended AND has_any_column_privilege(other.oid, :name, 'UPDATE')))"
).bindparams(bindparam("role"), bindparam("name"), bindparam("what"), bindparam("is_appended"))


def protect(session: Session, *, role: str) -> None:
    """Let a role select from and insert into the log and its checkpoints, and move the head; nothing else.

    Raises `Invalid` where the database is no PostgreSQL, where there is no such role, where it is not the tables'
    owner who asks, and where the role could undo it: a superuser, the owner, or who holds more through another role.
    """
    if session.get_bind().dialect.name != "postgresql":
        raise Invalid(fields={"role": ["only_postgresql"]})
    if session.scalar(_ROLE, {"role": role}) is None:
        raise Invalid(fields={"role": ["not_found"]})
    if not all(session.scalar(_OWNS, {"name": table, "role": session.scalar(_SELF)}) for table in (*APPENDED, MOVED)):
        raise Invalid(fields={"role": ["not_the_owner"]})  # PostgreSQL would only warn
    name = session.get_bind().dialect.identifier_preparer.quote_identifier(role)
    for table in APPENDED:
        _only(session, table, "SELECT, INSERT", name)
    _only(session, MOVED, "SELECT, UPDATE", name)
    if any(_may_undo(session, table, role) for table in (*APPENDED, MOVED)):
        raise Invalid(fields={"role": ["can_undo_protection"]})
    record(session, action="audit.protected", actor_id=None, subject=role)


def _only(session: Session, table: str, rights: str, role: str) -> None:
    session.execute(text(f"REVOKE ALL ON {table} FROM PUBLIC, {role}"))
    session.execute(text(f"GRANT {rights} ON {table} TO {role}"))


def _may_undo(session: Session, table: str, role: str) -> bool:
    is_appended = table != MOVED
    too_much = "DELETE, TRUNCATE, TRIGGER"  # any of them; a trigger could drop what is appended
    named = {"name": table, "role": role}
    asked = {"what": f"UPDATE, {too_much}" if is_appended else too_much, "is_appended": is_appended}
    return bool(session.scalar(_OWNS, named) or session.scalar(_CAN, named | asked))
