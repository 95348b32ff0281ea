"""Options that several commands share, and how their values are read."""

import argparse
from typing import NoReturn

from advisord import times
from advisord.cli import COMMANDS
from advisord.cli.arguments import DATABASE, EXCLUDE
from advisord.words import nearest


def _formatter(prog: str) -> argparse.HelpFormatter:
    # A formatter is made for every option that is added; without a width each asks for the terminal's, by a slow import.
    return argparse.RawDescriptionHelpFormatter(prog, width=100)


class Parser(argparse.ArgumentParser):
    """A parser for one command; its help begins with the command's line."""

    def __init__(self, command: str, **options: str) -> None:
        line = COMMANDS[command]
        super().__init__(
            prog=f"advisord {command}",
            description=f"{line[0].upper()}{line[1:]}.",
            formatter_class=_formatter,
            allow_abbrev=False,
            epilog=options.get("epilog"),
        )

    def error(self, message: str) -> NoReturn:
        """Say the mistake, what was probably meant, and where help is; the whole usage would hide the sentence."""
        unknown = message.removeprefix("unrecognized arguments: ") if "unrecognized" in message else ""
        wrong = next((word.partition("=")[0] for word in unknown.split() if word.startswith("-")), "")
        near = nearest(wrong, self._option_string_actions)
        meant = f"; did you mean {near}?" if near else ""
        self.exit(2, f"{self.prog}: {message}{meant}\n  `{self.prog} --help` lists the options\n")


def duration(text: str) -> float:
    """Seconds of a duration (see `times.duration`), for argparse."""
    try:
        return times.duration(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


def add_database(parser: argparse.ArgumentParser) -> None:
    """`--db FILE`."""
    DATABASE.add_to(parser)


def add_config(parser: argparse.ArgumentParser) -> None:
    """`--config FILE`."""
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: ./advisord.toml)")


def add_exclude(parser: argparse.ArgumentParser) -> None:
    """`--exclude NAME`."""
    EXCLUDE.add_to(parser)
