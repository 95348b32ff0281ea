"""`[notifications.NAME]`: what belongs to which kind, and no secret in the file."""

from pathlib import Path

import pytest

from advisord.channel_settings import ChannelSettings
from advisord.errors import SettingsError
from advisord.model.notice import Event
from advisord.settings import load

MAIL = 'kind = "email"\nhost = "mail.example"\nsender = "us@example.org"\nrecipients = ["a@example.org"]\n'
CHAT = 'kind = "chat"\nurl_env = "CHAT"\n'
HOOK = 'kind = "webhook"\nurl = "https://hook.example/"\nsecret_file = "secret"\n'


def read(tmp_path: Path, text: str) -> ChannelSettings:
    """The channel that a configuration states."""
    path = tmp_path / "advisord.toml"
    path.write_text(f"[notifications.one]\n{text}", encoding="utf-8")
    return load(str(path)).notifications["one"]


def test_defaults(tmp_path: Path) -> None:
    """Everything at once, a mail once a day; paths are relative to the file."""
    assert read(tmp_path, MAIL).digest == 86400.0
    assert read(tmp_path, CHAT).digest == 0.0
    assert read(tmp_path, f'{CHAT}digest_every = "1h"').digest == 3600.0
    assert read(tmp_path, HOOK).secret_file == str(tmp_path / "secret")
    assert read(tmp_path, f'{CHAT}events = ["finding.overdue"]').events == (Event.OVERDUE,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('kind = "chat"\n', "needs `url_env` or `url_file`"),
        ('kind = "chat"\nurl = "https://chat.example/hooks/secret"\n', "its secret"),
        (f'{CHAT}host = "mail.example"\n', "nothing of e-mail"),
        ('kind = "webhook"\nurl = "https://hook.example/"\n', "is signed"),
        (f'{HOOK}digest_every = "1h"\n', "at once"),
        ('kind = "email"\nhost = "mail.example"\n', "`recipients`"),
        (f'{MAIL}user = "us"\n', "belong together"),
        (f'{MAIL}user = "us"\npassword_env = "P"\nsecurity = "none"\n', "without encryption"),
        (f'{CHAT}events = ["finding.lost"]\n', "finding.opened"),
        (f'{CHAT}severity_from = "bad"\n', "critical"),
        (MAIL.replace("us@example.org", "us@example.org\\r\\nBcc: all@example.org"), "plain address"),
        (MAIL.replace("a@example.org", "A <a@example.org>"), "plain address"),
        ('kind = "pigeon"\n', "webhook"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, why: str) -> None:
    """Each in a sentence that says what belongs there."""
    with pytest.raises(SettingsError) as error:
        read(tmp_path, text)
    assert any(why in what for _, what in error.value.problems), error.value.problems
