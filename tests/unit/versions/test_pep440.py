"""Python's versions: PEP 440 and what was before it."""

import subprocess
import sys
from collections.abc import Callable, Sequence

from advisord.versions import is_prerelease


def test_pep440(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """PEP 440's order over every kind of suffix, with spellings that normalise to the same version."""
    ascends(
        "PyPI",
        [
            "0",
            "1.dev0 = 1.0.dev0",
            "1.0a1.dev1",
            "1.0a1 = 1.0.alpha-1 = v1.0.0a1",
            "1.0a2.post1.dev3",
            "1.0b1",
            "1.0rc1 = 1.0c1 = 1.0-preview_1",
            "1.0 = 1 = 1.0.0 = 01.0",
            "1.0+abc",
            "1.0+abc.2",
            "1.0+1 = 1.0+001",
            "1.0+1.abc",
            "1.0.post0.dev1",
            "1.0.post0 = 1.0-0 = 1.0.r0",
            "1.0.post10",
            "1.0.1",
            "1.10",
            "2024.1.1",
            "1!0.1",
        ],
    )


def test_legacy(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Texts that are no PEP 440 versions stand below all that are, in setuptools' old order."""
    ascends(
        "PyPI",
        [
            "-class.-jw.util.version.Version-",
            "0.1-bulbasaur",
            "0.1-charmander",
            "0.9-doduo = 0.9-Doduo",
            "0.9.1-foo",
            "0.10-foo",
            "2004d",
            "2004e",
            "0.dev0",
            "0",
        ],
    )


def test_prerelease() -> None:
    """Pre-releases, development releases and unreadable texts are not what pip would take by itself."""
    for version in ("1.0rc1", "1.0.dev1", "1.0-alpha", "0.9-doduo", "1.0a1.post1"):
        assert is_prerelease("PyPI", version), version
    for version in ("1.0", "1.0.post1", "1.0-1", "1.0+local"):
        assert not is_prerelease("PyPI", version), version


def test_usual_versions_need_no_packaging() -> None:
    """The versions that lockfiles hold are ordered without the import of packaging."""
    code = (
        "import sys; from advisord.versions import key, is_prerelease;"
        "[key('PyPI', v) for v in ('1.2.3', '1.0rc1', '1.0a1.post2.dev3', '2024.1')];"
        "assert 'packaging' not in sys.modules;"
        "key('PyPI', '1.0-1'); assert 'packaging' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
