"""Which fault meets which request: drawn from a seed, counted when it has happened, over when a test says so.

Knows no socket; `chaos.py` does what is drawn here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from threading import Event

STORM = (500, 502, 503, 504, 429)
# One kind of fault of each acceptance row: S01, S12, S19, S20, S21, PU3, and a line that is only slow.
KINDS = (
    "cut_request",
    "cut_answer",
    "withhold",
    "delay",
    "throttle",
    "replay",
    "reorder",
    "portal_html",
    "portal_redirect",
    "status",
)


@dataclass(frozen=True)
class Fault:
    """One fault and its measures; a kind reads only the ones it needs."""

    kind: str
    part: float = 0.5  # where a message is cut, as a share of its length
    keep_bytes: int | None = None  # where an answer is cut, in bytes; goes before `part`
    seconds: float = 0.0  # how long something is kept back at most
    bytes_per_s: int = 0
    status: int = 503
    retry_after_s: int | None = None


class FaultPlan:
    """The faults of one line. The same seed and the same number of requests give the same faults."""

    def __init__(
        self,
        seed: int | str,
        weights: Mapping[str, float],
        *,
        quiet: float = 1.0,
        longest_s: float = 0.3,
        patience_s: float = 2.0,
        slowest_bytes_per_s: int = 40_000,
        retry_after_s: Iterable[int | None] = (None, 1),
        paths: tuple[str, ...] = ("/api/v1/sync",),
    ) -> None:
        """`weights`: kind → weight; `quiet`: the weight of no fault; `paths`: only these are disturbed.

        `patience_s`: how long a reordered request waits for the one that is to pass it.
        """
        unknown = set(weights) - set(KINDS)
        if unknown:
            raise ValueError(f"unknown faults: {sorted(unknown)}")
        self.counts: Counter[str] = Counter()
        self.requests = 0
        self.calmed = Event()
        self._random = Random(f"{seed}")
        self._kinds = ["", *weights]
        self._weights = [quiet, *weights.values()]
        self._longest_s, self._patience_s, self._slowest = longest_s, patience_s, slowest_bytes_per_s
        self._retry_after_s = tuple(retry_after_s)
        self._paths = paths

    def draw(self, path: str) -> Fault | None:
        """Return what happens to the next request, None when nothing does."""
        if not path.startswith(self._paths) or self.calmed.is_set():
            return None
        self.requests += 1
        chance = self._random
        # All measures are drawn for every request, so that a weight changes kinds and nothing else.
        kind = chance.choices(self._kinds, self._weights)[0]
        part, seconds = chance.random(), chance.uniform(0.01, self._longest_s)
        fault = Fault(
            kind,
            part=part,
            seconds=self._patience_s if kind == "reorder" else seconds,
            bytes_per_s=chance.randint(self._slowest, self._slowest * 4),
            status=chance.choice(STORM),
            retry_after_s=chance.choice(self._retry_after_s),
        )
        return fault if kind else None

    def happened(self, fault: Fault) -> None:
        """Count a fault that came about."""
        self.counts[fault.kind] += 1

    def calm(self) -> None:
        """Draw no more faults."""
        self.calmed.set()


class Script(FaultPlan):
    """Faults in the order given, then none: for tests that want one at a known request."""

    def __init__(self, *faults: Fault | None) -> None:
        super().__init__(0, {})
        self._faults = list(faults)

    def draw(self, path: str) -> Fault | None:
        """Return the next of the faults given."""
        if self.calmed.is_set() or not self._faults:
            return None
        self.requests += 1
        return self._faults.pop(0)
