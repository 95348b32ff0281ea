"""The configuration: everything that is wrong at once, and paths relative to the file."""

from pathlib import Path

import pytest

from advisord.errors import SettingsError
from advisord.settings import Web, load, secret, web_token

GOOD = """\
[trackers.notes]
kind = "local"
folder = "issues"
[[repositories]]
name = "shop"
git = "../shop"
tracker = "notes"
"""


def refused(tmp_path: Path, text: str) -> dict[str, str]:
    """The mistakes that a configuration is refused for, by key."""
    path = tmp_path / "advisord.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load(str(path))
    assert error.value.subject == str(path)
    return dict(error.value.problems)


def test_defaults_and_paths(tmp_path: Path) -> None:
    """Paths are relative to the file; without [feeds] there are all three."""
    path = tmp_path / "advisord.toml"
    path.write_text(GOOD, encoding="utf-8")
    settings = load(str(path))
    assert settings.store.path == str(tmp_path / "advisord.db")
    assert sorted(settings.feeds) == ["github", "osv", "rustsec"]
    assert settings.repositories[0].git == str(tmp_path / "../shop")
    assert settings.repositories[0].refs == ()
    assert settings.run.max_age == 86400.0


@pytest.mark.parametrize("address", ["https://git.example/a.git", "git@git.example:a/b.git", "ssh://git.example/a"])
def test_addresses_are_no_paths(tmp_path: Path, address: str) -> None:
    """An address of a repository stays as it is."""
    path = tmp_path / "advisord.toml"
    path.write_text(GOOD.replace("../shop", address), encoding="utf-8")
    assert load(str(path)).repositories[0].git == address


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """Unknown keys, missing ones and wrong values come together, each with its dotted key and its line."""
    problems = refused(
        tmp_path,
        '[store]\npth = "x"\n[trackers.notes]\nkind = "jira"\n[[repositories]]\nname = "a"\ntracker = "nets"\n[run]\nmax_age = "soon"\n',
    )
    assert problems["store.pth"] == "line 2: unknown key pth; did you mean path?"
    assert problems["trackers.notes.kind"] == "line 4: must be 'local', 'github', 'gitlab' or 'forgejo'"
    assert problems["repositories[0].git"].endswith("git is missing; add it")
    assert problems["repositories[0].tracker"] == "line 7: repository 'a' names the tracker 'nets'; configured: notes"
    assert "is no duration" in problems["run.max_age"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('tracker = "notes"', 'tracker = "nets"'), "names the tracker 'nets'; configured: notes"),
        (('folder = "issues"', ""), "a local tracker needs `folder`"),
        (('kind = "local"', 'kind = "github"'), "a github tracker needs `repository`"),
        (("[trackers.notes]", "[feeds.nvd]\n[trackers.notes]"), "there is no feed 'nvd'"),
        (('name = "shop"', 'name = "--upload-pack"'), "must be a name"),
    ],
)
def test_mistakes_between_keys(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """What only several keys together show is told as well."""
    assert said in " ".join(refused(tmp_path, GOOD.replace(*change)).values())


def test_an_ecosystem_that_nobody_knows(tmp_path: Path) -> None:
    """Its records could not be judged: the one that may be meant is named."""
    (said,) = refused(tmp_path, f'{GOOD}[feeds.osv]\necosystems = ["crates.io", "npmm", "pypi"]\n').items()
    assert said[0] == "feeds.osv.ecosystems"
    assert said[1].endswith(
        "advisord knows no ecosystem called npmm; did you mean npm?;"
        " advisord knows no ecosystem called pypi; did you mean PyPI?"
    )


def test_the_token_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is none, or long enough not to be guessed; the message does not show it."""
    assert web_token(Web()) == ""
    monkeypatch.setenv("PAGES", "fifteen-letters")
    with pytest.raises(SettingsError, match="shorter than 16 characters") as error:
        web_token(Web(token_env="PAGES"))
    assert "fifteen-letters" not in str(error.value)
    monkeypatch.setenv("PAGES", "sixteen-letters-")
    assert web_token(Web(token_env="PAGES")) == "sixteen-letters-"


def test_two_repositories_of_one_name(tmp_path: Path) -> None:
    """Names are what issues remember: each is its own."""
    again = GOOD.partition("[[repositories]]")[2]
    assert "two repositories are called 'shop'" in str(refused(tmp_path, f"{GOOD}[[repositories]]{again}"))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """No file, and no TOML: a sentence each."""
    with pytest.raises(SettingsError, match="can't be read"):
        load(str(tmp_path / "missing.toml"))
    (tmp_path / "advisord.toml").write_text("=")
    with pytest.raises(SettingsError, match="is not TOML"):
        load(str(tmp_path / "advisord.toml"))


def test_tokens_that_systemd_hands_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are in a folder that only the service knows; elsewhere that is said."""
    text = GOOD.replace('tracker = "notes"', 'tracker = "notes"\ntoken_file = "${CREDENTIALS_DIRECTORY}/tokens_git"')
    (tmp_path / "advisord.toml").write_text(text)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/advisord.service")
    inside = load(str(tmp_path / "advisord.toml")).repositories[0]
    assert inside.token_file == "/run/credentials/advisord.service/tokens_git"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    outside = load(str(tmp_path / "advisord.toml")).repositories[0]
    with pytest.raises(SettingsError, match="CREDENTIALS_DIRECTORY") as caught:
        secret("", outside.token_file, "x")
    assert "only a service of systemd" in caught.value.hint


def test_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token comes from the environment or a file; where it is missing the message names the place only."""
    monkeypatch.setenv("A_TOKEN", " s3cret \n")
    monkeypatch.delenv("NO_TOKEN", raising=False)
    file = tmp_path / "token"
    file.write_text("s3cret\n")
    assert secret("A_TOKEN", "", "x") == secret("", str(file), "x") == "s3cret"
    assert secret("", "", "x") == ""
    with pytest.raises(SettingsError, match="NO_TOKEN is empty or not set"):
        secret("NO_TOKEN", "", "x")
    file.write_text("")
    with pytest.raises(SettingsError, match="the token file is empty"):
        secret("", str(file), "x")


@pytest.mark.parametrize(
    "address",
    [
        "https://user:planted-s3cret@git.example/a.git",
        "https://planted-s3cret@git.example/a.git",
        "ssh://git:planted-s3cret@git.example/a.git",
    ],
)
def test_no_secret_in_an_address(tmp_path: Path, address: str) -> None:
    """Git would show it to everybody and keep it: it is refused, not repeated, and the way to do it is named."""
    problems = refused(tmp_path, GOOD.replace("../shop", address))
    assert "name the token by token_env or token_file" in problems["repositories[0].git"]
    assert "planted-s3cret" not in str(problems)
    feed = refused(tmp_path, f'[feeds.rustsec]\nsource = "{address}"\n')
    assert "token_env" in str(feed)
    assert "planted-s3cret" not in str(feed)


def test_an_account_is_no_secret_where_ssh_needs_one(tmp_path: Path) -> None:
    """The user of ssh is part of the address."""
    path = tmp_path / "advisord.toml"
    path.write_text(GOOD.replace("../shop", "ssh://git@git.example/a.git"), encoding="utf-8")
    assert load(str(path)).repositories[0].git == "ssh://git@git.example/a.git"


ORGANISATION = """\
[[organisations]]
name = "octo"
kind = "github"
token_env = "TOKEN"
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('token_env = "TOKEN"', ""), "needs `tracker`, or `token_env`, `token_file` or `app`"),
        (('kind = "github"', 'kind = "forgejo"'), "needs `url`"),
        (('kind = "github"', 'kind = "gitlab"\nissue_type = "Bug"'), "belong to github"),
        (('token_env = "TOKEN"', 'app = "1"'), "`app` and `app_key_file` belong together"),
        (('token_env = "TOKEN"', 'tracker = "nets"'), "names the tracker 'nets'; configured: notes"),
        (('name = "octo"', 'name = "-octo"'), "must be a name"),
        (("[[org", ORGANISATION + "[[org"), "two organisations are called 'octo'"),
        (("[[org", '[trackers."octo/x"]\nkind = "local"\nfolder = "x"\n[[org'), "a tracker can't be called 'octo/x'"),
    ],
)
def test_mistakes_about_an_organisation(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """Each is told with what to do."""
    assert said in " ".join(refused(tmp_path, GOOD + ORGANISATION.replace(*change)).values())


def test_an_app_speaks_https(tmp_path: Path) -> None:
    """Its tokens are of no use to ssh or to a path."""
    text = GOOD.replace('tracker = "notes"', 'tracker = "notes"\napp = "1"\napp_key_file = "k"')
    assert "write the repository's https address" in str(refused(tmp_path, text))
