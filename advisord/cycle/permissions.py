"""What the token of a tracker or an organisation may do, and what it lacks, as its server says. No token is shown."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from advisord.cycle.forges import first, path_of
from advisord.cycle.plugs import Plugs
from advisord.settings import TrackerSettings
from advisord.source_settings import OrganisationSettings
from advisord.tracking.trackers.github_app import CONTENTS, ISSUES
from advisord.tracking.trackers.rest import Rest, field

_LEVELS = {"read": 1, "write": 2, "admin": 3}
_PLANNER = 15
"""The lowest role that may label issues, since GitLab 17.7; before it was Reporter, 20."""
_PATHS = {
    "github": "/repos/{}",
    "gitlab": "/api/v4/projects/{}",
    "forgejo": "/api/v1/repos/{}",
}


class Said(NamedTuple):
    """What a token may do in words, and a sentence for each thing that it lacks."""

    may: str
    lacks: tuple[str, ...] = ()


def of_tracker(plugs: Plugs, chosen: TrackerSettings) -> Said:
    """What we may do with a tracker's issues. Raises what its server's refusal is."""
    path = quote(chosen.repository, safe="" if chosen.kind == "gitlab" else "/")
    answer = plugs.rest(chosen).get(_PATHS[chosen.kind].format(path))
    lacks = list(_issues_off(chosen.kind, answer.data))
    if chosen.app:
        granted = plugs.granted(chosen, chosen.repository)
        return Said(_words(granted), (*lacks, *_ungranted(granted, ISSUES)))
    role = field(answer.data, "permissions")
    if chosen.kind == "gitlab":
        levels = [field(field(role, name), "access_level") or 0 for name in ("project_access", "group_access")]
        if isinstance(role, dict) and max(levels) < _PLANNER:
            lacks.append("the account has no role in the project from Planner on: it may not label issues")
        return Said(f"access level {max(levels)}", tuple(lacks))
    if isinstance(role, dict) and not (role.get("push") or role.get("triage")):
        lacks.append("the account may not push to the repository: labels and assignees are dropped")
    scopes = _scopes(answer.headers) if chosen.kind == "github" else None
    if scopes is not None and not scopes & ({"repo"} if field(answer.data, "private") else {"repo", "public_repo"}):
        lacks.append("the token lacks the scope repo (public_repo for public ones): it may not write issues")
    may = ", ".join(sorted(name for name, yes in role.items() if yes)) if isinstance(role, dict) else ""
    return Said(_both(may, scopes), tuple(lacks))


def of_organisation(plugs: Plugs, wanted: OrganisationSettings) -> Said:
    """What we may read of an organisation. Raises what its server's refusal is."""
    rest = plugs.rest(wanted)
    lacks = [] if first(rest, wanted) else ["it lists no repository to us: see what the token may read"]
    if wanted.app:
        granted = plugs.granted(wanted, path_of(wanted))
        return Said(_words(granted), (*lacks, *_ungranted(granted, CONTENTS if wanted.tracker else CONTENTS | ISSUES)))
    scopes = _asked(rest) if wanted.kind == "github" and (wanted.token_env or wanted.token_file) else None
    if scopes is not None and not scopes & {"repo"}:
        lacks.append("the token lacks the scope repo: private repositories are neither listed nor read")
    return Said(_both("list it", scopes), tuple(lacks))


def _asked(rest: Rest) -> set[str] | None:
    return _scopes(rest.get("/user").headers)


def _scopes(headers: Mapping[str, str]) -> set[str] | None:
    """A classic token's scopes; None of one that has permissions for repositories instead, which nobody tells."""
    said = headers.get("x-oauth-scopes")
    return None if said is None else {part.strip() for part in said.split(",") if part.strip()}


def _issues_off(kind: str, data: Any) -> Iterator[str]:
    off = field(data, "issues_access_level") == "disabled" if kind == "gitlab" else field(data, "has_issues") is False
    if off:
        yield "issues are switched off in this repository"


def _ungranted(granted: Mapping[str, str], needed: Mapping[str, str]) -> Iterator[str]:
    for name, level in needed.items():
        if _LEVELS.get(granted.get(name, ""), 0) < _LEVELS[level]:
            yield f"the app's installation lacks {name}: {level}"


def _words(granted: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {level}" for name, level in sorted(granted.items()))


def _both(may: str, scopes: set[str] | None) -> str:
    return may if scopes is None else f"{may}; scopes {', '.join(sorted(scopes)) or 'none'}"
