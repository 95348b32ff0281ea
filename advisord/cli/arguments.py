"""A command line as a table: read at once where nothing about it is out of the ordinary, else by argparse.

argparse takes longer to import than a lockfile to read. It is only needed for help, mistakes and rare spellings, and it is
made from the same table, so that there is one truth.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from advisord import times
from advisord.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser

_Answer = bool | str | float | list[str] | None


class Option(NamedTuple):
    """One option. Without a `metavar` or `choices` it takes no value; `repeat` collects its values into a list.

    `read` turns the value's text into what it means, or raises ValueError with a sentence. Options with the same `group`
    stand together under that heading in the help.
    """

    name: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: _Answer = None
    repeat: bool = False
    read: Callable[[str], float] | None = None
    group: str = ""

    @property
    def dest(self) -> str:
        """The attribute that holds the answer."""
        return self.name.lstrip("-").replace("-", "_")

    @property
    def flag(self) -> bool:
        """Whether it takes no value."""
        return not (self.metavar or self.choices)

    def add_to(self, parser: "ArgumentParser", group: Any = None) -> None:
        """Tell argparse of it."""
        if self.flag:
            (group or parser).add_argument(self.name, action="store_true", help=self.help)
            return
        (group or parser).add_argument(
            self.name,
            metavar=self.metavar or None,
            choices=self.choices or None,
            default=self.default,
            action="append" if self.repeat else "store",
            type=_explained(self.read) if self.read else str,
            help=self.help,
        )


class Options(SimpleNamespace):
    """The answers, one attribute for each option and `paths` for the operands."""


def read(arguments: Sequence[str], options: Sequence[Option], operand: str) -> Options | None:
    """The answers; None where argparse has to look: help, mistakes, `--`, shortened or joined spellings."""
    known = {option.name: option for option in options}
    answers: dict[str, Any] = {option.dest: False if option.flag else option.default for option in options}
    paths: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            paths.append(argument)
            continue
        name, equals, value = argument.partition("=")
        option = known.get(name)
        if option is None or (option.flag and equals):
            return None
        if option.flag:
            answers[option.dest] = True
            continue
        if not equals:
            value = next(rest, "-")
            if value.startswith("-"):
                return None
        if option.choices and value not in option.choices:
            return None
        try:
            answer: _Answer = option.read(value) if option.read else value
        except ValueError:
            return None
        answers[option.dest] = [*(answers[option.dest] or []), value] if option.repeat else answer
    return Options(**answers, paths=paths or [operand])


def parse(
    command: str, arguments: Sequence[str], options: Sequence[Option], operands: tuple[str, str, str], epilog: str
) -> Options:
    """The answers of a command line. Prints help or a mistake and exits as argparse does.

    `operands` are the operands' name, their meaning and the one that stands for none.
    """
    name, meaning, default = operands
    found = read(arguments, options, default)
    if found is not None:
        return found
    from advisord.cli.options import Parser

    parser = Parser(command, epilog=epilog)
    parser.add_argument("paths", metavar=name, nargs="*", default=[default], help=meaning)
    groups: dict[str, Any] = {"": parser}
    for option in options:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        option.add_to(parser, groups[option.group])
    return parser.parse_args(arguments, namespace=Options())


def _explained(read: Callable[[str], float]) -> Callable[[str], float]:
    """The reader with its own sentence for a mistake: argparse would replace it."""
    from argparse import ArgumentTypeError

    def explained(text: str) -> float:
        try:
            return read(text)
        except ValueError as exc:
            raise ArgumentTypeError(str(exc)) from exc

    return explained


DATABASE = Option(
    "--db",
    "the database (default: $ADVISORD_DB, else ~/.cache/advisord/advisord.db)",
    "FILE",
)
DATABASE_OR_URL = DATABASE._replace(help=f"{DATABASE.help}, or an https URL of an export")
EXCLUDE = Option(
    "--exclude",
    "leave out folders of this name (repeatable; replaces the default list: node_modules, vendor, testdata, …)",
    "NAME",
    repeat=True,
)
POLICY = Option(
    "--policy",
    "the policy (default: advisord-policy.toml of the scanned repository, which else only makes this one stricter)",
    "FILE",
)
STDLIB = Option("--stdlib", "judge Go's standard library by go.mod's version too")
AUTHORITY = Option(
    "--authority",
    "whose denial counts in an ecosystem, such as crates.io=RUSTSEC (repeatable)",
    "ECOSYSTEM=DATABASE",
    repeat=True,
)


def authorities(named: Sequence[str] | None) -> dict[str, str]:
    """What `--authority` says: ecosystem → database. Raises UsageError."""
    found = {}
    for text in named or ():
        ecosystem, sign, database = text.partition("=")
        if not (ecosystem and sign and database):
            raise UsageError(f"--authority {text}: write ECOSYSTEM=DATABASE, such as crates.io=RUSTSEC")
        found[ecosystem] = database
    return found


MAX_AGE = Option("--max-age", "oldest data to trust (24h)", "DURATION", default=86400.0, read=times.duration)
