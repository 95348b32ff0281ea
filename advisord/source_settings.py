"""The part of the configuration that says what is watched: `[[repositories]]` and `[[organisations]]`."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from advisord.lockfiles.discovery import EXCLUDE
from advisord.validation import Table


def _name(text: str) -> str:
    if not text or not text.isprintable() or text != text.strip() or text.startswith("-"):
        raise ValueError("must be a name: printable text that does not begin with - or end in a space")
    return text


Name = Annotated[str, AfterValidator(_name)]


def without_secret(text: str) -> str:
    """An address without a secret in it: git would show it to everybody who lists processes, and keep it."""
    if "://" in text:
        scheme, _, rest = text.partition("://")
        user, at, _ = rest.partition("/")[0].rpartition("@")
        if at and (":" in user or scheme.lower() in {"http", "https"}):
            raise ValueError("holds a user or a password; take them out and name the token by token_env or token_file")
    return text


Address = Annotated[Name, AfterValidator(without_secret)]


def _app_whole(app: str, key: str) -> None:
    if bool(app) != bool(key):
        raise ValueError("`app` and `app_key_file` belong together")


class RepositorySettings(Table):
    """`[[repositories]]`: a git repository (an address or a path), the refs to read, its policy and its tracker.

    `token_env` and `token_file` say where the token for https is; of a repository on GitHub an App can be named instead
    (`app`, `app_key_file`). The issues of a `private` one go to a tracker that says of itself that it is private, or
    nowhere. `formerly` are names that it had here: their issues are its own.
    """

    name: Name
    git: Address
    refs: tuple[Name, ...] = ()
    policy: str = ""
    tracker: str
    token_env: str = ""
    token_file: str = ""
    app: str = ""
    app_key_file: str = ""
    exclude: tuple[str, ...] = EXCLUDE
    private: bool = False
    formerly: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _app_whole(self.app, self.app_key_file)
        if self.app and not self.git.lower().startswith("https://"):
            raise ValueError("an app gives tokens for https: write the repository's https address")
        return self


class OrganisationSettings(Table):
    """`[[organisations]]`: all repositories of an organisation on GitHub, Forgejo or Gitea, or of a group on GitLab.

    `name` is what its repositories' names begin with here, `path` what the server calls it, `url` the server as in a
    tracker. `include` and `exclude` are patterns for names below the organisation. Without a `tracker` each repository's
    issues go into itself. `accept_losses` takes a listing that shrank for true.
    """

    name: Name
    kind: Literal["github", "gitlab", "forgejo"]
    path: str = ""
    url: str = ""
    token_env: str = ""
    token_file: str = ""
    app: str = ""
    app_key_file: str = ""
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    archived: bool = False
    forks: bool = False
    ssh: bool = False
    refs: tuple[Name, ...] = ()
    policy: str = ""
    tracker: str = ""
    issue_type: str = ""
    exclude_folders: tuple[str, ...] = EXCLUDE
    accept_losses: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _app_whole(self.app, self.app_key_file)
        if self.kind == "forgejo" and not self.url:
            raise ValueError("a forgejo organisation needs `url`, the address of the server")
        if self.kind != "github" and (self.app or self.issue_type):
            raise ValueError("`app` and `issue_type` belong to github")
        if not self.tracker and not (self.token_env or self.token_file or self.app):
            raise ValueError(
                "needs `tracker`, or `token_env`, `token_file` or `app` to write issues into each repository"
            )
        return self
