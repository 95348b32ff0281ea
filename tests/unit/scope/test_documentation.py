"""The documentation of the policy is true: its examples pass the check, and it names every predicate."""

import re
from pathlib import Path

from advisord.scope import policy
from advisord.scope.rules import PREDICATES

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")


def test_the_examples_are_a_policy() -> None:
    """All TOML blocks together, with the default rule last."""
    blocks = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    compiled = policy.compile("\n".join([*blocks[1:], blocks[0]]))
    assert compiled.rules[-1].id == "default"
    assert compiled.acceptances[0].until.paths == ("madsim",)


def test_every_predicate_is_named() -> None:
    """In the table of keys."""
    assert [name for name in PREDICATES if f"`{name}`" not in TEXT] == []
