"""`advisord audit`: what was done and decided, and that nobody changed it since."""

import argparse
import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from advisord.cli.options import Parser, add_config
from advisord.cli.working import settings_of
from advisord.errors import StoreError
from advisord.model.decision import Scope
from advisord.reports.plain import printable
from advisord.store import audit
from advisord.store.database import open_reader
from advisord.times import duration, parse, stamp
from advisord.words import counted

SCHEMA = "advisord.audit/1"

_EPILOG = """\
Each entry's link is a hash of the entry and of the link before it. `verify` computes them anew. Note its last line
elsewhere from time to time: --head then tells a log that was replaced as a whole.
Exit status: 0; 2 bad usage or configuration; 3 the log is broken, or there is none."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("audit", epilog=_EPILOG)
    parser.add_argument("part", choices=("verify", "show"), help="say whether the log holds, or what stands in it")
    add_config(parser)
    parser.add_argument("--db", metavar="FILE", help="the database (default: the configuration's)")
    parser.add_argument("--head", metavar="HASH", type=_link, help="verify: a link that has to be in the log")
    parser.add_argument(
        "--since", metavar="WHEN", help="show: from then on: 2026-03-01, 2026-03-01T12:00:00Z, or 7d ago"
    )
    parser.add_argument("--repository", metavar="NAME", help="show: only what is about this one")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)

    path = options.db or settings_of(options.config).store.path
    with contextlib.closing(open_reader(path)) as db:
        if options.part == "verify":
            return _verify(audit.verify(db, options.head or ""), options.format, path)
        found = audit.written(db, _moment(parser, options.since), options.repository)
        if options.format == "json":
            entries = [{**one.entry._asdict(), "id": one.id, "at": one.at, "link": one.link} for one in found]
            print(json.dumps({"schema": SCHEMA, "entries": entries}, indent=2, ensure_ascii=False))
        else:
            for one in found:
                print("\n".join(_lines(one)))
    return 0


def _link(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("a link is 64 hexadecimal digits, as `advisord audit verify` prints it")
    return text


def _moment(parser: Parser, text: str | None) -> str:
    """A date, a moment, or how long ago, as a moment."""
    if not text:
        return ""
    with contextlib.suppress(ValueError):
        return stamp(datetime.now(UTC) - timedelta(seconds=duration(text.removesuffix(" ago"))))
    moment = parse(text)
    if moment is None:
        parser.error(f"argument --since: {text!r} is no date, moment or duration: 2026-03-01, 2026-03-01T12:00:00Z, 7d")
    return stamp(moment)


def _verify(verified: audit.Verified, form: str, path: str) -> int:
    if form == "json":
        problem = verified.problem or None
        print(json.dumps({"schema": SCHEMA, "entries": verified.entries, "head": verified.head, "problem": problem}))
        return 3 if problem else 0
    if verified.problem:
        raise StoreError(
            f"the audit log is broken: {verified.problem}",
            subject=path,
            code="audit-broken",
            hint=f"{verified.entries} entries hold, up to the link {verified.head}; compare with a copy of the database",
        )
    count = counted(verified.entries, "entry holds", "entries hold")
    print(f"{count}; the last link is\n{verified.head}")
    return 0


def _lines(one: audit.Written) -> Iterator[str]:
    """An entry for people: what and about what, then how it was and what became of it."""
    entry = one.entry
    where = f"{entry.repository}: " if entry.repository and entry.repository != entry.subject else ""
    yield f"{one.id:6}  {one.at}  {entry.kind:13} {printable(where + entry.subject)}"
    for text in _told(entry.kind, entry.detail):
        yield f"        {printable(text)}"


def _edited(before: str, after: str) -> str:
    """What became of a text of which only the hash is kept."""
    if not before:
        return f"read for the first time: its content has the hash {after}"
    return (
        f"changed: its content had the hash {before}, and has {after}" if after else f"gone: it had the hash {before}"
    )


def _told(kind: str, detail: Mapping[str, str]) -> Iterator[str]:
    if kind == "decision":
        for when, word in (("from_", "was"), ("to_", "is")):
            if detail[f"{when}scope"]:
                rule = "" if detail[when + "scope"] == Scope.ACCEPTED else "rule "
                yield f"{word} {detail[when + 'scope']}, by {rule}{detail[when + 'rule']}: {detail[when + 'reason']}"
        if not detail["to_scope"]:
            yield "is not found any more"
    elif kind == "deadline":
        yield f"was {detail['from']} ({detail['was']})"
        yield f"is {detail['to'] or 'unknown'} ({detail['is']})"
    elif kind == "action":
        yield f"{detail['verb']} in {detail['tracker']}: {detail['outcome']}: {detail['reason']}"
    elif kind in {"feed", "repository"}:
        yield f"{detail['from'] or 'sound'} -> {detail['to'] or 'sound'}" + (
            f": {detail['message']}" if detail["message"] else ""
        )
    elif kind in {"policy", "configuration"}:
        yield _edited(detail["from"][:12], detail["to"][:12])
    else:
        yield ", ".join(f"{name} {text}" for name, text in detail.items())
