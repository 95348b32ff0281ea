"""What another tool ignores, as acceptances for a person to complete and take over into the policy."""

import json
from datetime import date, timedelta

from advisord.model.finding import Finding
from advisord.scope.compiled import Until
from advisord.scope.ignores.registry import Imported


def acceptance_text(imported: Imported, since: str) -> str:
    """One `[[acceptances]]` table. What comments suggest stands in it; `who` is for a person to fill in.

    `since` is the ISO date of taking it over.
    """
    one = imported.acceptance
    lines = [f"# From {one.origin}. Proposed: nobody has agreed to it yet.", "[[acceptances]]"]
    for key, value in (("advisory", one.advisory), ("package", one.package), ("ecosystem", one.ecosystem)):
        if value and (key != "ecosystem" or one.package):
            lines.append(f"{key} = {_quoted(value)}")
    lines += ['who = ""  # who agrees?', f"why = {_quoted(one.why or 'No reason is given there.')}", f"since = {since}"]
    until = _until(one.until, imported.proposal)
    return "\n".join([*lines, until or "until = { date = 0000-00-00 }  # until when?"]) + "\n"


def example(finding: Finding, today: date) -> str:
    """The `[[acceptances]]` table that would accept this finding for a quarter of a year; who and why are for a person."""
    end = (today + timedelta(days=90)).isoformat()
    fix = "" if any(place.fixed for place in finding.places) else ", fix = true"
    return (
        f"[[acceptances]]\nadvisory = {_quoted(finding.id)}\npackage = {_quoted(finding.package)}\n"
        f"ecosystem = {_quoted(finding.ecosystem)}\n"
        'who = ""  # who accepts it\nwhy = ""  # why it does no harm here\n'
        f"since = {today.isoformat()}\nuntil = {{ date = {end}{fix} }}\n"
    )


def _until(stated: Until, suggested: Until) -> str:
    parts = []
    if date := stated.date or suggested.date:
        parts.append(f"date = {date}")
    if packages := stated.packages or suggested.packages:
        parts.append(
            "package = { " + ", ".join(f"{_quoted(name)} = {_quoted(version)}" for name, version in packages) + " }"
        )
    return f"until = {{ {', '.join(parts)} }}" if parts else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
