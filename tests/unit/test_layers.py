"""The import rule of the house: imports go down only, and a plug-in never imports its sibling."""

import ast
from collections.abc import Iterator
from pathlib import Path

import advisord
from advisord.lockfiles.registry import ENTRIES
from advisord.reports.registry import FORMATS

ROOT = Path(advisord.__file__).parent

TIERS: tuple[set[str], ...] = (
    {"errors", "times", "words", "toml_lines", "locations", "defuse"},
    {"validation"},
    {"model"},
    {"versions"},
    {"lockfiles", "matching", "scope"},
    {"feeds", "tracking", "notifying", "store", "net", "reports"},
    {"channel_settings", "source_settings"},
    {"places"},
    {"settings", "policies", "scan", "gate"},
    {"comparison", "updates"},
    {"cycle"},
    {"daemon", "web", "demo"},
    {"cli"},
    {"__main__"},
)
"""Lowest first. A module may import what stands in a lower tier, and modules of its own package."""

PLUGINS = {
    "lockfiles": {entry.module.rpartition(".")[2] for entry in ENTRIES},
    "feeds": {"osv", "rustsec", "github"},
    "reports": set(FORMATS),
    "tracking.trackers": {"local", "github"},
}
"""Packages whose plug-ins stand alone: only the registry beside them imports them."""

CLOCKS = {f"{owner}.{call}" for owner in ("datetime", "date", "dt.datetime", "dt.date") for call in ("now", "today")}


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def _imports(path: Path) -> Iterator[str]:
    """Every module of ours that a file imports, at its top or later, without the leading `advisord.`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.removeprefix("advisord.") for name in names if name.startswith("advisord."))


def _tier(module: str) -> int | None:
    top = module.partition(".")[0]
    return next((number for number, tier in enumerate(TIERS) if top in tier), None)


def test_every_module_has_a_tier() -> None:
    """A new top-level module must be given its place in the house."""
    assert [name for name, _ in _modules() if name and _tier(name) is None] == []


def test_imports_go_down() -> None:
    """No module imports from its own tier (but its own package) or from a higher one."""
    wrong = []
    for name, path in _modules():
        mine = _tier(name)
        for target in _imports(path):
            theirs = _tier(target)
            same_package = target.partition(".")[0] == name.partition(".")[0]
            if mine is None or theirs is None or same_package or theirs < mine:
                continue
            wrong.append(f"{name} imports {target}")
    assert wrong == []


def test_plugins_stand_alone() -> None:
    """Only a registry imports plug-ins of its package; nobody imports a sibling."""
    wrong = []
    for package, plugins in PLUGINS.items():
        for name, path in _modules():
            if not name.startswith(f"{package}.") or name == f"{package}.registry":
                continue
            for target in _imports(path):
                inner = target.removeprefix(f"{package}.").partition(".")[0] if target.startswith(package) else ""
                if inner in plugins:
                    wrong.append(f"{name} imports {target}")
    assert wrong == []


def test_pure_layers_read_no_clock_and_do_no_io() -> None:
    """The pure layers import nothing that reaches the outside."""
    pure: tuple[str, ...] = ("model", "versions", "lockfiles", "matching", "scope", "tracking.plan", "tracking.render")
    pure += ("notifying.news", "notifying.routes", "notifying.health", "notifying.words")
    outside = {"os", "subprocess", "socket", "httpx", "sqlite3", "time", "shutil", "tempfile", "urllib.request"}
    wrong = []
    for name, path in _modules():
        if not any(name == layer or name.startswith(f"{layer}.") for layer in pure):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            wrong += [f"{name} imports {target}" for target in names if target in outside]
            if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS:
                wrong.append(f"{name} reads the clock")
    assert wrong == []


def test_only_the_store_knows_sql() -> None:
    """sqlite3's cursors are used in the store alone; elsewhere a connection is handed on."""
    wrong = [
        name
        for name, path in _modules()
        if not name.startswith("store") and (".execute(" in (text := path.read_text()) or ".executemany(" in text)
    ]
    assert wrong == []
