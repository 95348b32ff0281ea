"""What git says when something went wrong, and the servers behind it, and what it means."""

from collections.abc import Iterable
from typing import NamedTuple

PASSING = frozenset({"connection", "rate-limited"})
"""The codes of what can be otherwise in a while."""
_MAY = "check what the token or the key may do"
_MOVED = "write its new address (GitLab's end in .git); a token is not sent after it"
_SEEN = "check the address, and whether the token or the key may read it: a server hides what it does not show"
_WAY = "check the address and the network"
_PROXY = "check HTTPS_PROXY, ALL_PROXY and NO_PROXY"
_TRUST = "check GIT_SSL_CAINFO for a certificate authority of your own"
_WORDS = (
    # A server may say why in its own words beside git's; what is surer comes first.
    ("error: 429", "rate-limited", "it is asked again later"),
    ("too many requests", "rate-limited", "it is asked again later"),
    ("requested too many times", "rate-limited", "it is asked again later"),  # GitLab over ssh
    ("no space left on device", "disk", "make room where the mirrors are kept"),
    ("disk quota exceeded", "disk", "make room where the mirrors are kept"),
    ("could not resolve proxy", "proxy", _PROXY),
    ("connect tunnel failed", "proxy", _PROXY),
    ("from proxy after connect", "proxy", _PROXY),  # older curl
    ("host key verification failed", "host-key", "put the server's key into the known_hosts of who runs advisord"),
    ("could not read username", "forbidden", "it needs a token, or the address is wrong"),
    ("could not read password", "forbidden", "it needs a token, or the address is wrong"),
    ("authentication failed", "forbidden", "check the token"),
    ("permission denied", "forbidden", "check the key or the file's mode"),
    ("error: 403", "forbidden", _MAY),
    ("access denied", "forbidden", _MAY),  # Bitbucket, git's own daemon
    ("is not authorized to", "forbidden", _MAY),  # Forgejo and Gitea over ssh
    ("not allowed to download", "forbidden", _MAY),  # GitLab
    ("denied by", "forbidden", _MAY),  # gitolite
    ("not permitted on", "forbidden", _MAY),  # JGit, so Gerrit
    ("saml sso", "forbidden", _MAY),  # GitHub over ssh
    ("error: 301", "moved", _MOVED),
    ("error: 302", "moved", _MOVED),
    ("error: 307", "moved", _MOVED),  # Forgejo and Gitea
    ("error: 308", "moved", _MOVED),
    ("cannot run ssh", "no-ssh", "install an ssh client"),
    ("ssh: not found", "no-ssh", "install an ssh client"),
    ("ssh: command not found", "no-ssh", "install an ssh client"),
    ("could not resolve host", "connection", _WAY),
    ("failed to connect", "connection", _WAY),
    ("unable to connect", "connection", _WAY),
    ("connection refused", "connection", _WAY),
    ("connection timed out", "connection", _WAY),
    ("connection reset", "connection", _WAY),
    ("connection closed by", "connection", _WAY),
    ("no route to host", "connection", _WAY),
    ("network is unreachable", "connection", _WAY),
    ("operation timed out", "connection", _WAY),
    ("operation too slow", "connection", _WAY),
    ("not found", "not-found", _SEEN),
    ("could not be found", "not-found", _SEEN),  # GitLab
    ("cannot find repository", "not-found", _SEEN),  # Forgejo and Gitea over ssh
    ("no longer exists", "not-found", _SEEN),  # Bitbucket
    ("not a gerrit project", "not-found", _SEEN),
    ("does not appear to be a git repository", "not-found", "check the path"),
    ("does not exist", "not-found", "check the path"),
    ("no such file or directory", "not-found", "check the path"),
    ("not a git repository", "not-found", "check the path"),
    ("ssl certificate", "certificate", _TRUST),
    ("server certificate", "certificate", _TRUST),
    ("certificate subject name", "certificate", _TRUST),
)


class Meaning(NamedTuple):
    """The line that says it, the code of the error, and what to do."""

    line: str
    code: str
    hint: str


def meant(lines: Iterable[str]) -> Meaning | None:
    """What lines of git's standard error mean, None when nobody knows."""
    said = [(line, line.casefold()) for line in lines]
    for words, code, hint in _WORDS:
        for line, lower in said:
            if words in lower:
                return Meaning(line, code, hint)
    return None


def told(lines: list[str], meaning: Meaning | None) -> str:
    """The line to show: git's own first complaint, unless it only says that someone else has said why."""
    own = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    if meaning and own and own[0].startswith("fatal: Could not read from remote repository"):
        return meaning.line
    return own[0] if own else ""
