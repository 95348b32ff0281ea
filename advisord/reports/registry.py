"""The report formats by name. Each module has `render(report) -> str`; it is imported when it is asked for."""

from collections.abc import Callable

from advisord.model.report import Judged, Report

FORMATS = ("text", "json", "sarif", "cyclonedx", "openvex", "junit", "gitlab", "github", "markdown", "html")


def render(
    name: str,
    report: Report,
    *,
    verbose: bool = False,
    colour: bool = False,
    width: int = 100,
    explain: Callable[[Judged], str] | None = None,
) -> str:
    """The report as text of the format `name`, one of FORMATS. How it looks is asked of the one for people only."""
    module = __import__(f"advisord.reports.{name}", fromlist=("render",))  # importlib would cost half a millisecond
    if name == "text":
        return str(module.render(report, verbose=verbose, colour=colour, width=width, explain=explain))
    return str(module.render(report))
