"""The report formats by name. Each module has `render(report) -> str`; it is imported when it is asked for."""

from importlib import import_module

from advisord.model.report import Report

FORMATS = ("text", "json")


def render(name: str, report: Report) -> str:
    """The report as text of the format `name`, one of FORMATS."""
    return str(import_module(f"advisord.reports.{name}").render(report))
