"""A real workspace of uv: who pulls in what, and how."""

from pathlib import Path

from advisord.lockfiles.registry import load
from advisord.matching.evidence import vias
from advisord.model.inventory import Reach


def test_every_package_of_a_uv_workspace_has_its_root_and_reach(corpus: Path) -> None:
    """Nothing is unreached or unknown; development is exactly what only dependency groups reach."""
    inventory = load("uv").parse((corpus / "workspaces" / "litestar-org__litestar" / "uv.lock").read_bytes())
    found = vias(inventory, range(len(inventory.packages)))
    development = {"dev", "docs", "linting", "test"}
    for index, package in enumerate(inventory.packages):
        (via,) = found[index] or ()
        assert (via.component, via.name) == (".", "litestar")
        only_development = bool(package.groups) and development.issuperset(package.groups)
        assert via.reach is (Reach.DEV if only_development else Reach.RUNTIME), package.name


def test_paths_of_a_uv_workspace(corpus: Path) -> None:
    """Some that a person followed in the file."""
    inventory = load("uv").parse((corpus / "workspaces" / "litestar-org__litestar" / "uv.lock").read_bytes())
    found = vias(inventory, range(len(inventory.packages)))
    paths = {package.name: (found[index] or ())[0].path for index, package in enumerate(inventory.packages)}
    assert paths["idna"] == ("anyio", "idna")
    assert paths["hpack"] == ("hypercorn", "h2", "hpack")
    assert paths["greenlet"] == ("advanced-alchemy", "greenlet")
    assert paths["cssutils"] == ("sphinx-toolbox", "dict2css", "cssutils")
