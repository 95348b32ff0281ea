"""`advisord demo` does what it says, needs nothing, and touches nothing else."""

from pathlib import Path

from running import Advisord


def test_the_whole_pipeline(advisord: Advisord, tmp_path: Path) -> None:
    """It reads three feeds, scans, opens five issues, does nothing twice, and closes what was fixed."""
    ran = advisord("demo")
    assert ran.status == 0, ran.err
    assert ran.err == ""
    for line in (
        "osv: 6 new",
        "rustsec: 4 new",
        "github: 3 new",
        "8 packages in 2 lockfiles: 4 in scope (",
        "shop: 4 in, 1 out, 1 regular; 5 actions on the tracker",
        "shop: 4 in, 1 out, 1 regular; 0 actions on the tracker",
        "shop: 3 in, 1 out, 1 regular; 3 actions on the tracker",
        "close #3: it is fixed",
    ):
        assert line in ran.out
    issues = {path.name[:4]: path.read_text(encoding="utf-8") for path in (tmp_path / "demo/issues").glob("*.md")}
    assert sorted(issues) == ["0001", "0002", "0003", "0004", "0005"]
    assert [number for number, text in sorted(issues.items()) if "\nstate: closed\n" in text] == ["0003"]
    assert "commit `" in issues["0003"]


def test_what_it_proposes_next(advisord: Advisord, tmp_path: Path) -> None:
    """The commands that its last lines name can be given in its folder, as they stand there."""
    lines = advisord("demo").out.rpartition("== Look around")[2].splitlines()
    commands = [
        line.split("  ")[1].removeprefix("advisord ").split() for line in lines if line.startswith("  advisord ")
    ]
    assert len(commands) > 3
    advisord.folder = tmp_path / "demo"
    for command in commands:
        if command != ["serve"]:  # it would not end; tests/e2e/test_serve.py has it
            assert advisord(*command).status == 0


def test_again(advisord: Advisord) -> None:
    """A second demonstration replaces the first."""
    assert advisord("demo", "here").status == 0
    assert advisord("demo", "here").status == 0


def test_a_folder_of_somebody_else(advisord: Advisord, tmp_path: Path) -> None:
    """A folder that no demonstration made is left alone."""
    precious = tmp_path / "mine" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("kept")
    ran = advisord("demo", "mine")
    assert ran.status == 2
    assert "mine exists and is not a demonstration's folder" in ran.err
    assert precious.read_text() == "kept"
