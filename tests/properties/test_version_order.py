"""Law: the order of versions is total, and a key orders as the ecosystem's comparison, written out plainly here."""

from functools import cmp_to_key
from itertools import zip_longest
from typing import NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.version import InvalidVersion as NotPep440
from packaging.version import Version

from advisord.errors import InvalidVersion
from advisord.versions import ECOSYSTEMS, compare, is_exact, key, maven

WORDS = """a b m rc cr RC alpha beta dev pre final ga release snapshot sp jre x p pl patch post A Z foo"""
REAL = """
1.0 1.0.0 v1.2.3 1.0.0-alpha.1 1.0.Final 3.0.0.alpha.1 1.0rc1 1.0.post1 1!2.0 1.0+local.1 0.9-doduo 2.0-SNAPSHOT
32.1.3-jre 1.x-dev 2010-01-02 1.1.1w 1.0.0.1-beta.2 go1.21rc2 v0.0.0-20190101000000-0123456789ab cci.20200203
"""
NUMBER = st.one_of(st.integers(0, 3), st.sampled_from([9, 10, 175, 176, 255, 256, 20240101, 2**31, 2**64, 10**30]))
WORD = st.sampled_from(WORDS.split())
GLUE = st.sampled_from(["", ".", "-", "_", "+", ".0", "-0.", "..", "--", ".0.", "!"])
SEEDS = st.sampled_from(REAL.split())
TEXT = st.one_of(
    SEEDS,
    st.lists(st.one_of(NUMBER.map(str), WORD, GLUE), min_size=1, max_size=8).map("".join).filter(bool),
    st.tuples(SEEDS, GLUE, st.one_of(NUMBER.map(str), WORD)).map("".join),
)


def _sign(lower: bool, higher: bool) -> int:
    return higher - lower


def _known(ecosystem: str, *versions: str) -> None:
    try:
        for version in versions:
            assume(key(ecosystem, version) is not None)
    except InvalidVersion:
        assume(False)


@given(st.sampled_from(ECOSYSTEMS), TEXT, TEXT, TEXT)
def test_total_order(ecosystem: str, a: str, b: str, c: str) -> None:
    """Antisymmetric and transitive, and equal exactly where the keys are."""
    _known(ecosystem, a, b, c)
    assume(all(is_exact(ecosystem, version) for version in (a, b, c)))
    assert compare(ecosystem, a, a) == 0
    assert compare(ecosystem, a, b) == -compare(ecosystem, b, a)
    if compare(ecosystem, a, b) <= 0 and compare(ecosystem, b, c) <= 0:
        assert compare(ecosystem, a, c) <= 0
    assert (compare(ecosystem, a, b) == 0) == (key(ecosystem, a) == key(ecosystem, b))


class Semantic(NamedTuple):
    """A made-up semantic version, taken apart."""

    core: tuple[int, int, int]
    pre: tuple[int | str, ...]
    build: tuple[int | str, ...]

    def __str__(self) -> str:
        pre, build = (".".join(map(str, part)) for part in (self.pre, self.build))
        return ".".join(map(str, self.core)) + (f"-{pre}" if pre else "") + (f"+{build}" if build else "")


IDENTIFIERS = st.lists(st.one_of(NUMBER, WORD, st.sampled_from(["a-", "-", "0a", "alpha-1"])), max_size=3).map(tuple)
SEMANTIC = st.builds(Semantic, st.tuples(NUMBER, NUMBER, NUMBER), IDENTIFIERS, IDENTIFIERS)


def _compare_identifiers(a: tuple[int | str, ...], b: tuple[int | str, ...]) -> int:
    for x, y in zip_longest(a, b):
        if x == y:
            continue
        if x is None or y is None:
            return -1 if x is None else 1
        if isinstance(x, int) and isinstance(y, int):
            return -1 if x < y else 1
        if isinstance(x, str) and isinstance(y, str):
            return -1 if x < y else 1
        return -1 if isinstance(x, int) else 1
    return 0


def _compare_semantic(a: Semantic, b: Semantic) -> int:
    if a.core != b.core:
        return -1 if a.core < b.core else 1
    if not a.pre or not b.pre:
        return bool(b.pre) - bool(a.pre)
    return _compare_identifiers(a.pre, b.pre)


@given(st.sampled_from(["crates.io", "npm", "Go", "Hex", "SwiftURL", "GitHub Actions"]), SEMANTIC, SEMANTIC)
def test_semantic_versions(ecosystem: str, a: Semantic, b: Semantic) -> None:
    """semver.org 2.0.0, item 11."""
    assert compare(ecosystem, str(a), str(b)) == _compare_semantic(a, b)


@given(SEMANTIC, SEMANTIC)
def test_pub(a: Semantic, b: Semantic) -> None:
    """Semantic versions, then builds, whose absence is lowest."""
    assert compare("Pub", str(a), str(b)) == (_compare_semantic(a, b) or _compare_identifiers(a.build, b.build))


@given(SEMANTIC, SEMANTIC, NUMBER, NUMBER)
def test_nuget(a: Semantic, b: Semantic, fourth_a: int, fourth_b: int) -> None:
    """Semantic versions with four numbers, without letters' case; numbers beyond 32 bits are words."""

    def spelled(version: Semantic, fourth: int) -> str:
        return str(version).replace(".".join(map(str, version.core)), ".".join(map(str, (*version.core, fourth))), 1)

    def folded(version: Semantic) -> Semantic:
        pre = (part if isinstance(part, int) and part < 2**31 else str(part).lower() for part in version.pre)
        return version._replace(core=(0, 0, 0), pre=tuple(pre))

    left, right = (*a.core, fourth_a), (*b.core, fourth_b)
    expected = _sign(left < right, left > right) or _compare_semantic(folded(a), folded(b))
    assert compare("NuGet", spelled(a, fourth_a), spelled(b, fourth_b)) == expected


@given(TEXT, TEXT)
def test_pep440(a: str, b: str) -> None:
    """`packaging` decides; what it can't read is below everything that it can."""

    def read(version: str) -> Version | None:
        try:
            return Version(version)
        except NotPep440:
            return None

    _known("PyPI", a, b)
    left, right = read(a), read(b)
    if left is not None and right is not None:
        assert compare("PyPI", a, b) == _sign(left < right, left > right)
    elif left is not None or right is not None:
        assert compare("PyPI", a, b) == (-1 if left is None else 1)


SEGMENTS = st.lists(st.one_of(st.just(0), NUMBER, WORD), max_size=6)


def _compare_segments(a: list[int | str], b: list[int | str]) -> int:
    for x, y in zip_longest(a, b, fillvalue=0):
        if isinstance(x, str) != isinstance(y, str):
            return -1 if isinstance(x, str) else 1
        if x != y:
            return _sign(x < y, x > y)  # type: ignore[operator]  # of one kind by now
    return 0


def _canonical(segments: list[int | str]) -> list[int | str]:
    """Without the zeros before the first word, where nothing but zeros stands between (`Gem::Version`)."""
    first = next((index for index, segment in enumerate(segments) if isinstance(segment, str)), len(segments))
    end = first
    while end and segments[end - 1] == 0:
        end -= 1
    return segments[:end] + segments[first:]


@given(NUMBER, SEGMENTS, NUMBER, SEGMENTS)
def test_rubygems(first_a: int, rest_a: list[int | str], first_b: int, rest_b: list[int | str]) -> None:
    """Segment by segment with endless zeros behind the last; words below numbers."""
    a, b = [first_a, *rest_a], [first_b, *rest_b]
    expected = _compare_segments(_canonical(a), _canonical(b))
    assert compare("RubyGems", ".".join(map(str, a)), ".".join(map(str, b))) == expected


PHP = {"dev": 0, "alpha": 1, "a": 1, "beta": 2, "b": 2, "RC": 3, "rc": 3, "pl": 5, "patch": 5, "p": 5}
STABILITY = st.sampled_from([*PHP, "foo"])


def _compare_php(a: tuple[int | str, ...], b: tuple[int | str, ...]) -> int:
    """PHP's version_compare over parts that are taken apart already."""
    for x, y in zip_longest(a, b):
        if isinstance(x, int) and isinstance(y, int):
            if x != y:
                return _sign(x < y, x > y)
        elif isinstance(x, int) and y is None:
            return 1
        elif isinstance(y, int) and x is None:
            return -1
        else:
            left, right = (PHP.get(part, -1) if isinstance(part, str) else 4 for part in (x, y))
            if left != right:
                return _sign(left < right, left > right)
    return 0


@given(
    *[
        st.tuples(
            st.tuples(st.integers(0, 99999), NUMBER, NUMBER, NUMBER), st.lists(st.tuples(STABILITY, NUMBER), max_size=2)
        )
    ]
    * 2
)
def test_packagist(
    a: tuple[tuple[int, ...], list[tuple[str, int]]], b: tuple[tuple[int, ...], list[tuple[str, int]]]
) -> None:
    """Four numbers and stability words, in PHP's order."""

    def parts(version: tuple[tuple[int, ...], list[tuple[str, int]]]) -> tuple[int | str, ...]:
        return (*version[0], *(part for pair in version[1] for part in pair))

    def spelled(version: tuple[tuple[int, ...], list[tuple[str, int]]]) -> str:
        return ".".join(map(str, version[0])) + "".join(f"-{word}{count}" for word, count in version[1])

    assert compare("Packagist", spelled(a), spelled(b)) == _compare_php(parts(a), parts(b))


@given(st.lists(TEXT, min_size=2, max_size=8))
def test_maven(versions: list[str]) -> None:
    """Where the keys are exact, sorting by them is sorting by Maven's own comparison."""
    exact = [version for version in versions if is_exact("Maven", version)]
    for a in exact:
        for b in exact:
            left, right = key("Maven", a), key("Maven", b)
            assert _sign(left < right, left > right) == maven.compare(a, b), (a, b)
    assert [key("Maven", version) for version in sorted(exact, key=cmp_to_key(maven.compare))] == sorted(
        key("Maven", version) for version in exact
    )
