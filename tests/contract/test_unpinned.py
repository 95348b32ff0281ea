"""What a lockfile names without an exact version is no package with findings, but it is not gone: every format says so."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.registry import FORMATS, load
from advisord.scan import unpinned

DATA = Path(__file__).resolve().parents[1] / "unit" / "lockfiles" / "data"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
POM = "<project><groupId>g</groupId><artifactId>a</artifactId><dependencies>{}</dependencies></project>"
DEPENDENCY = "<dependency><groupId>org.x</groupId><artifactId>p</artifactId>{}</dependency>"
PINS = '{{"version": 2, "pins": [{{"identity": "p", "kind": "remoteSourceControl", "location": "https://git.example/x/p.git", "state": {}}}]}}'

CASES = [
    ("requirements", "p>=1,<2\n", ("PyPI", "p")),
    ("requirements", "The_P\n", ("PyPI", "the-p")),
    ("requirements", "p==1.*\n", ("PyPI", "p")),
    ("requirements", "p==${VERSION}\n", ("PyPI", "p")),
    ("requirements", "p=1.0\nx==1\n", ("PyPI", "p")),
    ("requirements", "p @ git+https://git.example/x/p@main\n", ("PyPI", "p")),
    ("requirements", "git+https://git.example/x/p.git@main\n", ("PyPI", "p")),
    ("requirements", f"p @ git+https://git.example/x/p@{COMMIT}\n", ("PyPI", "p")),
    ("requirements", "-e git+https://git.example/x/y@main#egg=p\n", ("PyPI", "p")),
    ("requirements", "-e ./vendor/p\n", ("PyPI", "p")),
    ("requirements", "https://files.example/p-1.0.tar.gz\n", ("PyPI", "p")),
    ("pipenv", '{"_meta": {}, "default": {"p": {"version": "*"}}}', ("PyPI", "p")),
    ("pipenv", '{"_meta": {}, "default": {"p": {"git": "https://git.example/x/p", "ref": "main"}}}', ("PyPI", "p")),
    ("actions", "jobs:\n  a:\n    steps:\n      - uses: x/p@${{ inputs.ref }}\n", ("GitHub Actions", "x/p")),
    ("pom", POM.format(DEPENDENCY.format("")), ("Maven", "org.x:p")),
    ("pom", POM.format(DEPENDENCY.format("<version>[1,2)</version>")), ("Maven", "org.x:p")),
    ("pom", POM.format(DEPENDENCY.format("<version>${p.version}</version>")), ("Maven", "org.x:p")),
    ("conan", '{"version": "0.5", "requires": ["p"]}', ("ConanCenter", "p")),
    ("conan", '{"version": "0.5", "requires": ["p/1.0@me/mine"]}', ("ConanCenter", "p")),
    ("swift", PINS.format(f'{{"branch": "main", "revision": "{COMMIT}"}}'), ("SwiftURL", "git.example/x/p")),
    ("go", "module m\ngo 1.21\nrequire x.example/p v1.0.0\nreplace x.example/p => ../p\n", ("Go", "x.example/p")),
    (
        "go",
        "module m\ngo 1.21\nrequire x.example/p v1.0.0\nreplace x.example/p => y.example/p v1.0.0\n",
        ("Go", "x.example/p"),
    ),
    (
        "cargo",
        f'version = 3\n[[package]]\nname = "p"\nversion = "1.0.0"\nsource = "git+https://git.example/x/p#{COMMIT}"\n',
        ("crates.io", "p"),
    ),
    (
        "pnpm",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      p: {specifier: link:../p, version: link:../p}\n",
        ("npm", "p"),
    ),
]


@pytest.mark.parametrize(("name", "text", "named"), CASES)
def test_what_is_not_pinned_is_named(name: str, text: str, named: tuple[str, str]) -> None:
    """Ranges, branches, folders, git repositories, other registries: the package is still there."""
    assert named in unpinned(load(name).parse(text.encode()))


@pytest.mark.parametrize("name", FORMATS)
def test_who_notes_that_something_is_not_pinned_names_it(name: str) -> None:
    """No format has the note without the name."""
    for path in sorted((DATA / name.replace("-", "_")).rglob("*")):
        try:
            inventory = load(name).parse(path.read_bytes()) if path.is_file() else None
        except LockfileError:
            continue
        if inventory and any(problem.code == "not-pinned" for problem in inventory.problems):
            assert inventory.unpinned, path
