"""`advisord policy`: check a policy file, draft one from a SECURITY.md, test one, print the JSON Schema for editors."""

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Sequence

from advisord.cli.options import Parser
from advisord.errors import UsageError
from advisord.reports.plain import printable
from advisord.words import counted

_MAX_BYTES = 1_000_000
_EXIT = "Exit status: 0; 2 bad usage, or a file with mistakes."
_CASES = """\
A table of cases is TOML:

  [[cases]]
  name = "a hole in a test tool"
  now = 2026-11-20                     # the moment of the decision; optional
  finding = { package = "left-pad", severity = "high", reach = "dev", component = "tools/" }
  expect = { decision = "out", rule = "not-shipped" }

What a finding does not say is unknown. It may say:
FINDING
What may be expected:
EXPECT
`ended` holds words of what ended an acceptance, `deadlines` last days, such as { fix = "2026-12-20" }.
Exit status: 0; 1 a case is not decided as expected; 2 bad usage, or a file with mistakes."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser(
        "policy", epilog="Exit status: 0; 1 a case is not decided as expected; 2 bad usage, or a file with mistakes."
    )
    parts = parser.add_subparsers(dest="part", metavar="check|draft|schema|test", required=True, parser_class=_Part)
    check = parts.add_parser(
        "check",
        help="say every mistake in a policy file",
        description="Read a policy file and say every mistake at once, each with its key, its line and what to do; of a good"
        " one, what it holds and what happens to what no rule decides.",
        epilog=f"`advisord manual policy` describes every key. {_EXIT}",
    )
    check.add_argument("file", metavar="FILE", help="the policy, - for standard input")
    draft = parts.add_parser(
        "draft",
        help="write a policy from a SECURITY.md",
        description="Read a SECURITY.md by rules, offline, and write a commented policy: each value with the line that it"
        " came from, and what could not be understood as a comment. Nothing is invented.",
        epilog=_EXIT,
    )
    draft.add_argument("file", metavar="SECURITY.md", help="the text, - for standard input")
    draft.add_argument("--repo", metavar="PATH", help="the repository, whose name the policy gets")
    draft.add_argument("--format", choices=("toml", "json"), default="toml", help="a policy (default), or the facts")
    parts.add_parser(
        "schema",
        help="print the JSON Schema of policy files, for editors",
        description="Print the JSON Schema (2020-12) of policy files. An editor that knows TOML schemas completes and checks"
        " with it: save it, and write `#:schema ./advisord-policy.schema.json` into the policy's first line.",
        epilog="Exit status: 0.",
    )
    test = parts.add_parser(
        "test",
        help="run the table of cases that stands beside a policy",
        description="Decide made-up findings by a policy and compare: a policy that is changed is tested as a program is.",
        epilog=_cases_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    test.add_argument("file", metavar="FILE", help="the policy")
    test.add_argument("--cases", metavar="FILE", help="the table (default: NAME.cases.toml beside NAME.toml)")
    options = parser.parse_args(arguments)
    return {"check": _check, "draft": _draft, "schema": _schema, "test": _test}[options.part](options)


def _cases_help() -> str:
    from advisord.scope import cases

    keys = (("FINDING", cases.FINDING_KEYS), ("EXPECT", cases.EXPECT_KEYS))
    text = _CASES
    for word, names in keys:
        listed = textwrap.fill(", ".join(names), 98, initial_indent="  ", subsequent_indent="  ")
        text = text.replace(word, listed)
    return text


class _Part(argparse.ArgumentParser):
    """A subcommand's parser, without abbreviations as everywhere."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]


def _check(options: argparse.Namespace) -> int:
    from advisord.scope import policy

    compiled = policy.compile(_text(options.file), options.file)
    rules = counted(len(compiled.rules), "rule")
    parts = [counted(len(compiled.components), "component"), counted(len(compiled.acceptances), "acceptance")]
    default = compiled.rules[-1]
    print(f"{options.file}: no mistakes: {rules}, {', '.join(parts)}; what no rule decides is {default.then.value!r}")
    return 0


def _draft(options: argparse.Namespace) -> int:
    from advisord.scope.draft import reader, writer

    drafted = reader.draft(_text(options.file))
    if options.format == "json":
        print(json.dumps(drafted.document(), indent=2, ensure_ascii=False))
        return 0
    name = os.path.basename(os.path.abspath(options.repo)) if options.repo else ""
    sys.stdout.write(writer.policy_text(drafted, name, os.path.basename(options.file)))
    return 0


def _schema(_options: argparse.Namespace) -> int:
    from advisord.scope import policy

    print(json.dumps(policy.schema(), indent=2))
    return 0


def _test(options: argparse.Namespace) -> int:
    from advisord.scope import cases, policy

    table = options.cases or f"{options.file.removesuffix('.toml')}.cases.toml"
    results = cases.run(policy.compile(_text(options.file), options.file), _text(table), table)
    for result in results:
        print(f"{'as expected' if not result.wrong else 'WRONG':11}  {printable(result.name)}")
        for sentence in result.wrong:
            print(f"             {printable(sentence)}")
    wrong = sum(bool(result.wrong) for result in results)
    print(f"{len(results)} cases, {wrong} not as expected")
    return 1 if wrong else 0


def _text(path: str) -> str:
    """A file's text, or standard input's for `-`. Raises UsageError."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise UsageError(f"{path} is larger than 1 MB", hint="is it the right file?")
        return data.decode("utf-8-sig")
    except OSError as exc:
        raise UsageError(f"{path} can't be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path} is not UTF-8 text: {exc}") from exc
