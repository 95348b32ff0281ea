"""What advisord finds in real lockfiles agrees with what independent tools found in them."""

from pathlib import Path

import pytest
import truth


@pytest.fixture(scope="module")
def database(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the real feeds."""
    path = tmp_path_factory.mktemp("truth") / "advisord.db"
    truth.synced(corpus, path)
    return path


def test_cargo_audit(corpus: Path, database: Path) -> None:
    """Exactly cargo-audit's set of package, version and RUSTSEC id: none missing, none extra."""
    comparison = truth.cargo_audit(corpus, database)
    print(comparison)
    assert (comparison.missing, comparison.extra) == (set(), set())
    assert len(comparison.agreed) > 600


def test_go(corpus: Path, database: Path) -> None:
    """Exactly the independent evaluator's set for Go modules, the standard library included."""
    comparison = truth.derived(corpus, database, "go", "module", "GO-", "--stdlib", families=["go"])
    assert (comparison.missing, comparison.extra) == (set(), set())


def test_npm(corpus: Path, database: Path) -> None:
    """Exactly the independent evaluator's set for the lockfiles of npm, yarn and pnpm."""
    comparison = truth.derived(corpus, database, "npm", "package", "GHSA-", families=["npm", "yarn", "pnpm"])
    assert (comparison.missing, comparison.extra) == (set(), set())


def test_pip_audit(corpus: Path, database: Path) -> None:
    """Everything that pip-audit finds; what is found beyond it would have to be a match by range."""
    comparison = truth.pip_audit(corpus, database)
    assert comparison.missing == set()
    assert comparison.extra == set()
