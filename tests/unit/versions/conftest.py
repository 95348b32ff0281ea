"""What the tests of version schemes share."""

from collections.abc import Callable, Sequence
from itertools import combinations

import pytest

from advisord.versions import compare, key


@pytest.fixture
def ascends() -> Callable[[str, Sequence[str]], None]:
    """A check that versions are given in ascending order; those in one text, parted by ` = `, are equal."""

    def check(ecosystem: str, steps: Sequence[str]) -> None:
        for step in steps:
            equals = step.split(" = ")
            assert {key(ecosystem, version) for version in equals} == {key(ecosystem, equals[0])}, step
        for lower, higher in combinations(steps, 2):
            for a in lower.split(" = "):
                for b in higher.split(" = "):
                    assert compare(ecosystem, a, b) == -1, f"{a} < {b}"
                    assert compare(ecosystem, b, a) == 1, f"{b} > {a}"

    return check
