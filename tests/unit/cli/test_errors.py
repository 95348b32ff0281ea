"""What the command line makes of errors."""

import sqlite3

import pytest

from advisord import cli
from advisord.errors import AdvisordError, SettingsError, StoreError, UsageError


def _said(exc: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    def broken(_: object) -> int:
        raise exc

    monkeypatch.setattr(cli, "_dispatch", broken)
    status = cli.main([])
    out, err = capsys.readouterr()
    assert out == ""
    return status, err


@pytest.mark.parametrize(
    ("exc", "status", "said"),
    [
        (UsageError("no", hint="do this"), 2, "advisord: no\n  do this\n"),
        (StoreError("gone", subject="a.db"), 3, "advisord: a.db: gone\n"),
        (
            SettingsError("two problems", subject="x.toml", problems=(("a.b", "no"), ("c", "neither")), hint="mend it"),
            2,
            "advisord: x.toml: two problems\n  a.b: no\n  c: neither\n  mend it\n",
        ),
        (AdvisordError("x\x1b[2J\n\u202ey", subject="ev\nil"), 3, "advisord: ev il: x [2J  y\n"),
    ],
)
def test_an_error_is_one_sentence(
    exc: Exception, status: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it is about before it and what to do below; the words of others can't move the cursor."""
    assert _said(exc, capsys, monkeypatch) == (status, said)


def test_an_error_of_sqlite_is_told_as_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it comes from."""
    status, err = _said(sqlite3.DatabaseError("database disk image is malformed"), capsys, monkeypatch)
    assert (status, "advisord db restore FILE" in err) == (3, True)


def test_a_defect_is_a_sentence_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback unless one is asked for."""
    monkeypatch.delenv("ADVISORD_DEBUG", raising=False)
    status, err = _said(RuntimeError("boom"), capsys, monkeypatch)
    assert (status, err.splitlines()[0]) == (3, "advisord: a defect in advisord: RuntimeError: boom")
    assert "Traceback" not in err
    monkeypatch.setenv("ADVISORD_DEBUG", "1")
    assert "Traceback" in _said(RuntimeError("boom"), capsys, monkeypatch)[1]


def test_who_stops_it_is_told_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the status that shells use for it."""

    def stopped(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_dispatch", stopped)
    assert (cli.main([]), capsys.readouterr().err) == (130, "advisord: stopped\n")
