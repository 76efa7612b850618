"""Which decisions a shift's status allows (PU10). Pure."""

APPROVE, RETURN, REOPEN = "approve", "return", "reopen"
DECISIONS = (APPROVE, RETURN, REOPEN)
NEXT_STATUS = {
    ("submitted", APPROVE): "approved",
    ("submitted", RETURN): "returned",
    ("approved", REOPEN): "returned",
}


def status_after(status: str, decision: str) -> str | None:
    """Return what a decision makes of a shift, None where it can't be taken."""
    return NEXT_STATUS.get((status, decision))


def needs_words(decision: str) -> bool:
    """Say whether the decision has to say why: whoever gets a shift back must know what is asked for."""
    return decision in (RETURN, REOPEN)
