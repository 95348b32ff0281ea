"""The report as one HTML file that needs nothing else: no script, no font, no picture, nothing from another host.

Its content security policy allows its own style sheet (by hash) and nothing more, so that even a text that slipped
through the escaping could not run or load anything.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape

from advisord import __version__, defuse
from advisord.model.finding import Finding, Verdict
from advisord.model.report import Judged, Report
from advisord.reports import wording
from advisord.reports.plain import printable

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --bad: #b3261e; --warn: #8a5a00; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffc266; --good: #7ddba0; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: break-word; }
.wide { overflow-x: auto; } .said { overflow-wrap: anywhere; min-width: 16rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); }
details { margin-top: 0.3rem; } summary { cursor: pointer; }
.bad, .critical, .high { color: var(--bad); } .medium, .unknown { color: var(--warn); } .good { color: var(--good); }
.quiet { opacity: 0.75; font-size: 0.9em; } .critical, .high { font-weight: 600; }
"""


def render(report: Report) -> str:
    """One document, readable on paper too."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">'
    yield f"<title>advisord: {_text(wording.tally(report))}</title>"
    yield f"<style>{_STYLE}</style></head><body>"
    verdict = wording.verdict(report)
    level = "good" if report.trusted and not any(judged.failing for judged in report.findings) else "bad"
    yield f'<h1 class="{level}">{_text(verdict[:1].upper() + verdict[1:])}</h1>'
    yield from (f"<p>{_text(words)}.</p>" for words in (wording.tally(report), wording.change(report)) if words)
    yield from _problems(report)
    yield from _todo(report)
    telling = wording.adviser(report), wording.mixed(report)
    for scope, words in wording.SCOPES.items():
        chosen = [judged for judged in report.findings if judged.decision.scope is scope]
        yield from _section(f"{words.capitalize()} ({len(chosen)})", chosen, *telling)
    yield from _section(f"Resolved by this change ({len(report.resolved)})", report.resolved, *telling)
    made = f" at {_text(report.moment)}" if report.moment else ""
    yield f'<p class="quiet">{_text(wording.sources(report))}. Made by advisord {__version__}{made}.</p></body></html>'


def _problems(report: Report) -> Iterator[str]:
    if not report.problems:
        return
    yield "<h2>Problems</h2><ul>"
    for item in sorted(report.problems, key=lambda item: not item.blocking):
        word = '<strong class="bad">error</strong>' if item.blocking else "note"
        yield f"<li>{word}: <code>{_text(item.subject)}</code>: {_text(item.message)}</li>"
    yield "</ul>"


def _todo(report: Report) -> Iterator[str]:
    found = wording.todo(report)
    if not found:
        return
    yield '<h2>What to do</h2><div class="wide"><table><thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in ("Package", "What to do", "Lockfiles"))
    yield "</tr></thead><tbody>"
    for package, version, words, lockfiles in found:
        yield f"<tr><td><code>{_text(package)} {_text(version)}</code></td><td>{_text(words)}</td>"
        yield f"<td><code>{_text(lockfiles)}</code></td></tr>"
    yield "</tbody></table></div>"


def _section(heading: str, findings: Sequence[Judged], advise: wording.Advise, marked: bool) -> Iterator[str]:
    if not findings:
        return
    yield f'<h2>{heading}</h2><div class="wide"><table><thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in ("Package", "Advisory", "Severity", "What to do", "Where"))
    yield "</tr></thead><tbody>"
    for judged in wording.worst_first(findings):
        yield from _row(judged, advise, marked)
    yield "</tbody></table></div>"


def _row(judged: Judged, advise: wording.Advise, marked: bool) -> Iterator[str]:
    finding, place = judged.finding, judged.finding.places[0]
    new = ' <span class="bad">new</span>' if judged.introduced else ""
    yield f"<tr><td><code>{_text(wording.package(finding))}</code>{new}</td>"
    also = "".join(f", {_link(name)}" for name in finding.ids[1:])
    yield f'<td class="said">{_text(finding.summary)}<br>{_link(finding.id)}{also}'
    yield f"<details><summary>Why it is {_text(wording.SCOPES[judged.decision.scope])}, and who says so</summary>"
    yield f"<p>{_text(wording.decided(judged))}</p><ul>{_witnesses(finding)}</ul></details></td>"
    undecided = "<br>undecided" if finding.verdict is Verdict.UNDECIDED else ""
    undecided += '<br><strong class="bad">fails</strong>' if marked and judged.failing else ""
    yield f'<td class="{finding.rating.severity.value}">{_text(wording.rating(finding))}{undecided}</td>'
    yield f"<td>{_text(advise(finding))}</td>"
    line = f":{place.line}" if place.line else ""
    yield f"<td><code>{_text(place.lockfile)}{line}</code>{_ways(wording.routes(place))}</td></tr>"


def _ways(routes: Sequence[str]) -> str:
    """The shortest path; the others are folded away, so that a row stays low."""
    lines = [f"via {_text(way)}" for way in routes]
    if not lines:
        return ""
    rest = f"<details><summary>and more</summary>{'<br>'.join(lines[1:])}</details>" if lines[1:] else ""
    return f'<div class="quiet">{lines[0]}{rest}</div>'


def _witnesses(finding: Finding) -> str:
    return "".join(
        f"<li>{_text(one.feed)} {_link(one.id)}: {one.verdict.value}, {one.rating.severity.value}"
        + (f", fixed in {_text(', '.join(one.fixed))}" if one.fixed else "")
        + (f": {_text(one.reason)}" if one.reason else "")
        + "</li>"
        for one in finding.witnesses
    )


def _link(identifier: str) -> str:
    return f'<a href="{escape(defuse.address(identifier))}" rel="noreferrer">{_text(identifier)}</a>'


def _text(text: str) -> str:
    return escape(printable(text))
