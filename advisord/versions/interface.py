"""What a version scheme is: one file that knows the order of one kind of version."""

from collections.abc import Callable
from typing import NamedTuple


class Scheme(NamedTuple):
    """One order of versions. Every function gets a version that has passed `encoding.printable`.

    `key` gives order-preserving bytes, equal exactly where the order says that two versions are equal, and raises
    InvalidVersion. `is_prerelease` says whether the ecosystem's tool would skip the version unless asked; it raises
    likewise. `is_exact` and `compare` are set only by an order that bytes can't express everywhere: where `is_exact`
    says no, `compare` decides.
    """

    key: Callable[[str], bytes]
    is_prerelease: Callable[[str], bool]
    is_exact: Callable[[str], bool] | None = None
    compare: Callable[[str, str], int] | None = None
