"""The tree of errors is what its documentation says."""

import re

import pytest

from advisord import errors
from advisord.errors import AdvisordError, LockfileError, SettingsError, StoreError, TransportError, UsageError

TREE = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, AdvisordError)]


def test_the_documented_tree_is_the_real_one() -> None:
    """Every class is drawn once, with the exit status that it has; whoever catches the root catches all."""
    assert errors.__doc__
    status, drawn = 0, {}
    for name, rest in reversed(re.findall(r"[├└]── (\w+)(.*)", errors.__doc__)):
        found = re.search(r"\(exit (\d)\)", rest)
        status = int(found[1]) if found else 0
        drawn[name] = status
    assert set(drawn) == {one.__name__ for one in TREE} - {"AdvisordError"}
    for one in TREE:
        assert drawn.get(one.__name__, 0) in {0, one.exit_code}, one


def test_codes_are_slugs_of_their_own() -> None:
    """Programs tell the kinds of errors by them."""
    codes = [one.code for one in TREE]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_what_each_carries(kind: type[AdvisordError]) -> None:
    """Its sentence, and nothing that was not said; a code that is given stands for this error alone."""
    plain = kind("it is gone")
    assert str(plain) == plain.message == "it is gone"
    assert (plain.subject, plain.hint, plain.retryable, plain.code) == ("", "", False, kind.code)
    if kind is not SettingsError:
        named = kind("x", subject="a", hint="do", code="a-slug", retryable=True)
        assert (named.subject, named.hint, named.code, named.retryable) == ("a", "do", "a-slug", True)
        assert kind("y").code == kind.code


def test_what_some_carry_besides() -> None:
    """The answer of a server, and every mistake of a file; usage and settings are the user's, the rest is not."""
    refused = TransportError("no", status=429, retry_after=3.5)
    assert (refused.status, refused.retry_after, TransportError("no").status) == (429, 3.5, None)
    assert SettingsError("two", problems=(("a", "b"), ("c", "d"))).problems[1] == ("c", "d")
    assert [kind.exit_code for kind in (UsageError, SettingsError, StoreError, LockfileError)] == [2, 2, 3, 3]
