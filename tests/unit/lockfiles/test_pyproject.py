"""pyproject.toml: the tables that say what a project asks for."""

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.pyproject import read
from advisord.model.inventory import Reach


def _wants(text: str) -> list[tuple[str, str, str]]:
    return [(want.requirement.name, want.reach.value, want.group) for want in read(text.encode()).wants]


def test_standard_tables() -> None:
    """Dependencies and extras are runtime, groups development, included groups count for the including one."""
    manifest = read(
        b"""
        [project]
        name = "app"
        dependencies = ["a>=1", "b[x] ; python_version < '3.12'"]
        optional-dependencies.fast = ["c"]
        [dependency-groups]
        Test = ["d"]
        dev = ["e", {include-group = "test"}]
        loop = [{include-group = "loop"}, "f"]
        """
    )
    assert (manifest.name, sorted(manifest.extras)) == ("app", ["fast"])
    assert [(w.text, w.reach, w.group) for w in manifest.wants] == [
        ("a>=1", Reach.RUNTIME, ""),
        ("b[x] ; python_version < '3.12'", Reach.RUNTIME, ""),
        ("c", Reach.RUNTIME, "fast"),
        ("d", Reach.DEV, "Test"),
        ("e", Reach.DEV, "dev"),
        ("d", Reach.DEV, "dev"),
        ("f", Reach.DEV, "loop"),
    ]


def test_tables_of_tools() -> None:
    """Pdm's and uv's development dependencies, poetry's groups; `main` is no group."""
    assert _wants(
        """
        [tool.pdm.dev-dependencies]
        lint = ["a", "-e file:///${PROJECT_ROOT}/here#egg=e[x]"]
        [tool.uv]
        dev-dependencies = ["b"]
        [tool.poetry.group.main.dependencies]
        c = "^1"
        [tool.poetry.group.docs.dependencies]
        d = {version = "^1", extras = ["x"], markers = "python_version > '3'"}
        """
    ) == [("c", "runtime", ""), ("d", "dev", "docs"), ("a", "dev", "lint"), ("e", "dev", "lint"), ("b", "dev", "dev")]


@pytest.mark.parametrize(
    "text",
    [
        "project = 3",
        "[project]\ndependencies = 'a'",
        "[project]\ndependencies = [1, '-e .', '']",
        "[dependency-groups]\ndev = 'x'",
        "[dependency-groups]\ndev = [{include-group = 7}, {other = 'x'}]",
        "[tool]\npoetry = []\npdm.dev-dependencies = {x = 1}",
        "[tool.poetry.group]\nx = 1\ny.include-groups = 2",
    ],
)
def test_other_shapes_are_passed_over(text: str) -> None:
    """A manifest that its own tool would refuse costs us no more than what it does not say."""
    assert _wants(text) == []


def test_what_is_no_toml_is_said() -> None:
    """The caller learns that the manifest can't be read."""
    with pytest.raises(LockfileError, match="is not TOML"):
        read(b"[project")


def test_a_chain_of_included_groups_is_bounded() -> None:
    """Ten thousand groups that include each other take no quadratic time."""
    groups = "\n".join(f'g{i} = [{{include-group = "g{i + 1}"}}]' for i in range(10_000))
    assert _wants(f'[dependency-groups]\n{groups}\ng10000 = ["a"]')[-1] == ("a", "dev", "g10000")
