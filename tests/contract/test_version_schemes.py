"""What every version scheme of the registry keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisord.errors import InvalidVersion
from advisord.versions import ECOSYSTEMS, compare, is_exact, is_prerelease, key
from advisord.versions.encoding import MAX_LENGTH

ANYTHING = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.-+_vabrcdexX*!~#²ſİ٣ ", max_size=30),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}([.-]?[a-zA-Z²٣]{1,5}[.-]?[0-9]{0,3}){0,2}", fullmatch=True),
)


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@given(version=ANYTHING)
def test_any_text(ecosystem: str, version: str) -> None:
    """A key that keeps the bounds' promises, or InvalidVersion with a sentence; nothing else, whatever the text."""
    try:
        code = key(ecosystem, version)
    except InvalidVersion:
        with pytest.raises(InvalidVersion, match=r"\A[^\x00-\x1f]+\.\Z"):
            is_prerelease(ecosystem, version)
        return
    assert code
    assert code[0] != 0xFF
    assert key(ecosystem, f" {version}\n") == code
    assert compare(ecosystem, version, version) == 0
    assert isinstance(is_prerelease(ecosystem, version), bool)
    assert isinstance(is_exact(ecosystem, version), bool)


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@pytest.mark.parametrize("piece", ["9", "0.", "1.", "1-", "a1", "-.", "1.a.0.", "0" * 8 + "a", "rc", ".dev", "1+"])
def test_long_versions_cost_little(ecosystem: str, piece: str) -> None:
    """The longest texts that are let through end soon, however they repeat."""
    version = ("1" + piece * MAX_LENGTH)[: MAX_LENGTH - 1] + "1"
    try:
        assert key(ecosystem, version)
        assert compare(ecosystem, version, version[:-1] + "2") <= 0
    except InvalidVersion:
        pass
    with pytest.raises(InvalidVersion, match="256"):
        key(ecosystem, version + "1")
