"""What every command says to a mistake on its line."""

import pytest

from advisord.cli import main


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scan", "--fromat", "json"], "advisord scan: unrecognized arguments: --fromat; did you mean --format?"),
        (["status", "--verbos=1"], "did you mean --verbose?"),
        (["status", "--nothing-alike"], "unrecognized arguments: --nothing-alike\n"),
    ],
)
def test_a_mistyped_option(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence first, what was probably meant, and where help is: not the whole usage."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.endswith(f"`advisord {arguments[0]} --help` lists the options\n")
