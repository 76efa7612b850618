"""Who a record is for, as keys an actor may hold: `user:<id>`, `unit:<id>`, `district:<code>`, `role:<role>`,
or `city` for who reaches all districts.

A collection names its records' audiences; what somebody may no longer have is told to these keys (PL3, PL4).
"""

from fieldapp.core.access import Actor

CITY = "city"
NOBODY = "nobody"  # a mark only: no phone has it any more


def of_user(user_id: str) -> str:
    """Return the audience that is one person."""
    return f"user:{user_id}"


def of_unit(unit_id: str) -> str:
    """Return the audience of a unit."""
    return f"unit:{unit_id}"


def of_district(code: str) -> str:
    """Return the audience of a district; who holds all of them loses nothing with one."""
    return f"district:{code}"


def of_role(role: str) -> str:
    """Return the audience of all who hold a role."""
    return f"role:{role}"


def audiences_of(actor: Actor) -> frozenset[str]:
    """Return every audience the actor is part of."""
    keys = {of_user(actor.user_id)}
    for grant in actor.grants:
        keys.add(of_role(grant.role))
        if grant.team_id:
            keys.add(of_unit(grant.team_id))
        keys.add(of_district(grant.district) if grant.district else CITY)
    return frozenset(keys)
