"""How much one lockfile may hold. The largest that people commit have some ten thousand packages and edges."""

from advisord.errors import LockfileError

MAX_PACKAGES = 500_000
MAX_EDGES = 1_000_000
"""Where a name stands several times, edges can be as many as the product of those who need it and those who have it."""


def check(packages: int, edges: int = 0) -> None:
    """Raises LockfileError where there are more, before memory and time run out."""
    if packages > MAX_PACKAGES:
        raise LockfileError(f"holds more than {MAX_PACKAGES} packages; that is no lockfile")
    if edges > MAX_EDGES:
        raise LockfileError(f"its packages need each other in more than {MAX_EDGES} ways; that is no lockfile")
