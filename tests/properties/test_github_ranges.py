"""A range of GitHub's grammar means, as events, exactly the versions that it says."""

from hypothesis import given
from hypothesis import strategies as st

from advisord.feeds.github_range import parse
from advisord.model.advisory import Affected
from advisord.versions import compare, key
from advisord.versions.ranges import intervals

_VERSIONS = st.builds("{}.{}.{}{}".format, *[st.integers(0, 3)] * 3, st.sampled_from(["", "", "-rc.1"]))
_LOWER = st.tuples(st.sampled_from([">", ">="]), _VERSIONS)
_UPPER = st.tuples(st.sampled_from(["<", "<="]), _VERSIONS)
_RANGES = st.one_of(
    st.tuples(st.tuples(st.just("="), _VERSIONS)),
    st.tuples(_LOWER),
    st.tuples(_UPPER),
    st.tuples(_LOWER, _UPPER),
)
_MEANING = {
    "=": lambda order: order == 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


@given(_RANGES, _VERSIONS, st.booleans())
def test_meaning(bounds: tuple[tuple[str, str], ...], version: str, named: bool) -> None:
    """The intervals hold a version exactly when every comparison of the text does; naming a fix changes nothing."""
    text = ", ".join(f"{operator} {bound}" for operator, bound in bounds)
    expected = all(_MEANING[operator](compare("npm", version, bound)) for operator, bound in bounds)
    found = intervals("npm", Affected("npm", "x", (parse(text, "9.9.9" if named else "", "npm"),)))
    if found.undecided:  # a range that contradicts itself: then no version at all is in it
        assert len(bounds) == 2
        assert compare("npm", bounds[0][1], bounds[1][1]) >= 0
        assert not expected
        return
    assert any(interval.lo <= key("npm", version) < interval.hi for interval in found.intervals) == expected
