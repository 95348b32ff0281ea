"""GitHub's workflow commands: one line each, and nobody else's text can make another."""

from report_parts import EMPTY, FULL, NASTY, hostile, judged, place

from advisord.reports.github import render


def test_kinds() -> None:
    """What fails is an error, the rest in scope a warning, regular matters a notice; what is settled is not said."""
    lines = render(FULL).splitlines()
    assert [line.partition(" ")[0] for line in lines] == [
        "::error",
        "::warning",
        "::notice",
        "::error",
        "::notice",
        "advisord:",
        "advisord:",
    ]
    assert lines[0].startswith(
        "::error file=Cargo.lock,line=7,title=h2 1.2.3 is affected by RUSTSEC-2024-0001::"
        "A flood of frames uses up memory (critical 9.1)%0AWhat to do: update to 2.0.0 (a major one); needs more"
    )


def test_escaping() -> None:
    """Percent, line ends, colons and commas as the runner's toolkit escapes them."""
    report = EMPTY._replace(findings=(judged(at=place(lockfile="a,b:c%/Cargo.lock"), summary="50% of a: b, c\nd"),))
    line = render(report).splitlines()[0]
    assert line.startswith("::warning file=a%2Cb%3Ac%25/Cargo.lock,line=7,")
    assert "::50%25 of a: b, c d (critical 9.1)%0A" in line


def test_nobody_else_makes_a_command() -> None:
    """Every line is ours: as many as findings and problems, each beginning with our own word."""
    lines = render(hostile(NASTY)).splitlines()
    assert len(lines) == 2 + 2 + 1 + 1
    assert all(line.startswith(("::error ", "::warning ", "::notice ", "advisord: ")) for line in lines)


def test_no_line_known() -> None:
    """An annotation without a line belongs to the file."""
    report = EMPTY._replace(findings=(judged(at=place(line=0)),))
    assert render(report).startswith("::warning file=Cargo.lock,title=")


def test_no_summary() -> None:
    """Then the advisory's name begins the message."""
    report = EMPTY._replace(findings=(judged(summary=""),))
    assert "::RUSTSEC-2024-0001 (critical 9.1)%0A" in render(report)
