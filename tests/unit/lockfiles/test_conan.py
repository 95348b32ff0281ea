"""conan.lock: the graph of Conan 1, the lists of Conan 2, and what is no conan.lock."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.conan import parse
from advisord.lockfiles.registry import load
from advisord.model.inventory import Reach, Source

DATA = Path(__file__).parent / "data" / "conan"


def test_the_graph_of_conan_1() -> None:
    """The project is the root; what only building needs has the group build, wherever it is needed."""
    inventory = parse((DATA / "v1.lock").read_bytes())
    assert [(p.name, p.version, p.line, p.groups, p.direct) for p in inventory.packages] == [
        ("helpers", "0.3", 12, ("build",), False),
        ("openssl", "1.1.10", 12, (), True),
        ("zlib", "1.2.11", 18, (), False),
        ("cmake", "3.25.0", 19, ("build",), True),
        ("payments", "2.0", 20, (), True),
        ("nasm", "2.15", 21, ("build",), False),
        ("libuv", "1.44", 22, ("build",), False),
    ]
    assert {p.ecosystem for p in inventory.packages} == {"ConanCenter"}
    assert inventory.edges == ((), (2,), (), (2, 6), (), (), ())
    assert inventory.roots is not None
    (root,) = inventory.roots
    assert (root.path, root.name) == (".", "shop")
    assert {inventory.packages[edge.to].name: edge.reach for edge in root.edges} == {
        "openssl": Reach.RUNTIME,
        "payments": Reach.RUNTIME,
        "cmake": Reach.BUILD,
        "nasm": Reach.BUILD,
    }


def test_user_and_channel_are_another_registry() -> None:
    """ConanCenter has packages without them; `_/_` stands for none."""
    packages = {p.name: p for p in parse((DATA / "v1.lock").read_bytes()).packages}
    assert (packages["payments"].source, packages["payments"].locator) == (Source.OTHER_REGISTRY, "corp/stable")
    assert packages["openssl"].source is Source.REGISTRY


def test_the_lists_of_conan_2() -> None:
    """What stands in `requires` as well is no build tool. There is no graph."""
    inventory = parse((DATA / "v2.lock").read_bytes())
    assert [(p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("zlib", "1.2.13", 4, ()),
        ("openssl", "3.0.10", 5, ()),
        ("payments", "2.0", 6, ()),
        ("cmake", "3.25.0", 10, ("build",)),
    ]
    assert (inventory.edges, inventory.roots) == (None, None)


def test_the_first_layout_and_a_graph_without_a_project() -> None:
    """`requires` was a table of node ids by reference; a lockfile of a package alone has no project in it."""
    inventory = parse(
        b'{"graph_lock": {"nodes": {"x-1": {"pref": "app/1.0:p", "path": "/src", "requires": {"zlib/1.2.11": "x-2"}},'
        b' "x-2": {"pref": "zlib/1.2.11#r:p#q"}}}, "version": "0.1"}'
    )
    assert inventory.roots is not None
    assert [(p.name, p.direct) for p in inventory.packages] == [("zlib", True)]
    alone = parse(b'{"graph_lock": {"nodes": {"1": {"ref": "zlib/1.2.11"}}}, "version": "0.4"}')
    assert (alone.roots, alone.packages[0].direct) == (None, None)


def test_a_reference_without_a_name_is_a_problem() -> None:
    """No advisory can speak of it, so it does not block."""
    inventory = parse(b'{"requires": ["1.2.3#aaaa", 1, "zlib/1.2.11"]}')
    assert [package.name for package in inventory.packages] == ["zlib"]
    assert [problem.blocking for problem in inventory.problems] == [False, False]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b'{"version": "0.5"}',
        b'{"graph_lock": []}',
        b'{"requires": {}, "requires": 1}',
        b'{"graph_lock": {"nodes": []}}',
        b'{"requires": {"a": 1}}',
        b'{"requires": [' + b"1," * 5000 + b"1]}",
    ],
)
def test_what_is_no_conan_lock(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        load("conan").parse(data)
