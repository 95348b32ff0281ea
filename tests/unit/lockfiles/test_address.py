"""Addresses as lockfiles write them."""

import pytest

from advisord.lockfiles import pdm, pipenv, poetry, pylock, requirements, uv
from advisord.lockfiles.address import public, source_at
from advisord.model.inventory import Source

FILE = f"https://files.pypi.example/packages/d9/5a/{'e' * 60}/demo-1.0-py3-none-any.whl"


def test_users_are_hidden() -> None:
    """Names and tokens don't go into reports."""
    assert public("git+https://user:token@git.example/a") == "git+https://git.example/a"
    assert public("https://git.example/a@b") == "https://git.example/a@b"


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (FILE, Source.REGISTRY),
        ("https://proxy.example/pypi/packages/source/d/demo/demo-1.0.tar.gz#sha256=0", Source.REGISTRY),
        ("https://index.pypi.example/packages/py2.py3/d/demo/demo-1.0-py2.py3-none-any.whl", Source.REGISTRY),
        ("https://files.example/demo-1.0.tar.gz", Source.URL),
        ("https://files.example/packages/demo/demo-1.0.tar.gz", Source.URL),
        ("https://files.example/packages/ab/cd/demo-1.0.tar.gz", Source.URL),
    ],
)
def test_the_layout_of_pypis_file_server(address: str, source: Source) -> None:
    """An archive there is the registry's package, if only its version is known."""
    assert source_at(address, "1.0") is source
    assert source_at(address, "") is Source.URL


def test_every_format_knows_the_layout() -> None:
    """Asked for by its address, it is the registry's package all the same."""
    table = '[[package]]\nname = "demo"\nversion = "1.0"\n'
    found = [
        uv.parse(f'version = 1\n{table}source = {{ url = "{FILE}" }}\n'.encode()),
        poetry.parse(f'{table}[package.source]\ntype = "url"\nurl = "{FILE}"\n[metadata]\n'.encode()),
        pdm.parse(f'[metadata]\nlock_version = "4.5"\n{table}url = "{FILE}"\n'.encode()),
        pylock.parse(
            f'lock-version = "1.0"\n[[packages]]\nname = "demo"\nversion = "1.0"\n[packages.archive]\nurl = "{FILE}"\n'.encode()
        ),
        pipenv.parse(f'{{"default": {{"demo": {{"file": "{FILE}", "version": "==1.0"}}}}}}'.encode()),
        requirements.parse(f"demo @ {FILE}\n".encode()),
    ]
    packages = [package for inventory in found for package in inventory.packages]
    assert {(p.name, p.version, p.source, p.locator) for p in packages} == {("demo", "1.0", Source.REGISTRY, "")}
    assert len(packages) == len(found)
