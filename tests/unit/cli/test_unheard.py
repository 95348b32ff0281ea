"""Other tools' ignore files that do not count."""

from advisord.cli import unheard
from advisord.scope.ignores.registry import format_of


def test_where_a_scan_looks() -> None:
    """At files that are read, each by its usual name."""
    assert [name for name in unheard._USUAL if format_of(name) is None] == []
