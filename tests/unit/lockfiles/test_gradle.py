"""gradle.lockfile: configurations, the layout before Gradle 6, and what is no lock file of Gradle."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.gradle import parse

DATA = Path(__file__).parent / "data" / "gradle"


def test_configurations_become_groups() -> None:
    """Only where no configuration is a product's: `latestClasspath` is no test, whatever its letters say."""
    packages = parse((DATA / "gradle.lockfile").read_bytes()).packages
    assert [(p.name.removeprefix("com.example:"), p.version, p.line, p.groups) for p in packages] == [
        ("annotations", "1.0", 3, ("build", "dev")),
        ("both", "1.10", 4, ()),
        ("checker", "3.0-rc1", 5, ("dev",)),
        ("compile-only", "2.0", 6, ()),
        ("devtools", "1.0", 7, ("dev",)),
        ("latest", "4.0", 8, ()),
        ("mock", "5.0", 9, ("dev",)),
        ("plugin", "6.0", 10, ("build",)),
        ("processor-in-tests", "7.0", 11, ("build", "dev")),
    ]
    assert {p.ecosystem for p in packages} == {"Maven"}
    assert {p.direct for p in packages} == {None}


@pytest.mark.parametrize(
    ("configurations", "groups"),
    [
        ("debugLintChecksClasspath,debugAndroidTestLintChecksClasspath", ("dev",)),
        ("jmhRuntimeClasspath,testRuntimeClasspath", ("dev",)),
        ("dokkaHtmlGeneratorRuntimeResolver~internal,spotless865458226", ("dev",)),
        ("hiltAnnotationProcessorDebug,_agp_internal_debug_kspClasspath", ("build",)),
        ("kotlinCompilerClasspath,kotlinBuildToolsApiClasspath,errorprone", ("build",)),
        ("releaseRuntimeClasspath,debugUnitTestRuntimeClasspath", ()),
        ("jmhRuntimeClasspath,kotlinRuntime", ()),
        ("lintelClasspath", ()),
    ],
)
def test_configurations_of_common_plug_ins(configurations: str, groups: tuple[str, ...]) -> None:
    """Android's, Kotlin's, and those of tools that no product ships."""
    (package,) = parse(f"a:b:1={configurations}".encode()).packages
    assert package.groups == groups


def test_one_file_per_configuration() -> None:
    """Before Gradle 6 the configuration was the file's name: nothing is known about groups."""
    (package,) = parse(b"# generated\r\norg.example:lib:1.10\r\n").packages
    assert (package.name, package.version, package.groups) == ("org.example:lib", "1.10", ())


def test_nothing_locked() -> None:
    """Comments, blank lines and the configurations that are empty."""
    assert parse(b"# c\n\nempty=classpath\n").packages == parse(b"").packages == ()


def test_a_line_that_can_not_be_read_is_a_problem() -> None:
    """The others are read, and the answer says that it is not whole."""
    inventory = parse(b"org.example:lib:1.0=classpath\n>>>\n")
    assert len(inventory.packages) == 1
    assert [(problem.blocking, problem.message[:7]) for problem in inventory.problems] == [(True, "line 2:")]


@pytest.mark.parametrize("data", [b"prose", b"{}", b"a:b=c\n", b"x\n" * 5000, b"a:b:1=x\n" + b"?\n" * 5000, b"\xff"])
def test_what_is_no_lockfile(data: bytes) -> None:
    """Nothing readable at all, or next to nothing."""
    with pytest.raises(LockfileError):
        parse(data)


def test_millions_of_packages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before memory runs out."""
    monkeypatch.setattr("advisord.lockfiles.limits.MAX_PACKAGES", 10)
    with pytest.raises(LockfileError, match="packages"):
        parse(b"a:b:1=c\n" * 20)


def test_huge_lines_take_linear_time() -> None:
    """Millions of configurations, and of colons."""
    parse(b"a:b:1=" + b"x," * 1_000_000 + b"\na" + b":" * 3_000_000)
