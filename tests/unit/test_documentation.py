"""README, help and example configuration say what the program does."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from advisord.cli import COMMANDS, main, usage
from advisord.settings import Settings, load

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "config/advisord.toml"


def test_readme_lists_every_command_with_its_line() -> None:
    """The table of commands in the README is the table of the program."""
    rows = dict(re.findall(r"^\| `advisord (\w+)` \| (.+) \|$", README, re.MULTILINE))
    assert rows == COMMANDS


def test_usage_lists_every_command() -> None:
    """So does `advisord --help`."""
    assert all(f"  {name} " in usage() for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command explains itself and begins with its line; nothing but help is done."""
    import_module(f"advisord.cli.{command}")
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert f"usage: advisord {command}" in text
    assert COMMANDS[command].lower() in text.lower()


def test_links_lead_somewhere() -> None:
    """Every file that the README links is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_options_in_the_readme_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option that the README shows after a command is in that command's help."""
    missing = []
    for command, rest in re.findall(r"advisord (\w+)([^`\n]*)", README):
        if command not in COMMANDS:
            continue
        with pytest.raises(SystemExit):
            main([command, "--help"])
        text = capsys.readouterr().out
        missing += [f"{command} {option}" for option in re.findall(r"--[a-z-]+", rest) if option not in text]
    assert missing == []


def test_the_example_configuration_is_valid_and_shows_every_key() -> None:
    """config/advisord.toml loads, and no key of the configuration is missing in it."""
    settings = load(str(EXAMPLE))
    assert settings.repositories[0].name == "shop"
    raw = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    shown = set(_keys(raw))
    assert set(_fields(Settings)) - shown == set()


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in _keys(inner))]
    if isinstance(value, list):
        return [key for inner in value for key in _keys(inner)]
    return []


def _fields(model: type[BaseModel]) -> list[str]:
    names = list(model.model_fields)
    for field in model.model_fields.values():
        names += [name for inner in _models(field.annotation) for name in _fields(inner)]
    return names


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models(argument)]


def test_the_changelog_begins_with_what_is_not_released() -> None:
    """There is always a place for the next change."""
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
