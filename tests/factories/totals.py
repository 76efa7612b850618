"""What fault runs came to, kept until the end of the run: pytest hides what a passing test prints."""

TOLD: list[str] = []


def totals(name: str, **counts: int) -> None:
    """Keep a line for the closing summary of the run."""
    TOLD.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in counts.items()))
