"""Finding and loading a policy: validated once, then known by its content's hash."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from advisord import __version__, locations
from advisord.errors import SettingsError
from advisord.model.problem import Problem
from advisord.net import worktree
from advisord.words import counted

if TYPE_CHECKING:
    from advisord.scope.compiled import CompiledPolicy
    from advisord.scope.ignores.registry import Imported

FILE_NAME = "advisord-policy.toml"
"""A repository's own policy stands at its top under this name."""


def for_scan(policy_file: str | None, path: str) -> "CompiledPolicy":
    """The policy of a scan: the named file, else the one at the top of the scanned tree, else the default.

    Raises SettingsError when it is wrong or, having been named, not there.
    """
    found = file_of(policy_file, path)
    if found is not None:
        return read(found)
    from advisord.scope.compiled import DEFAULT_POLICY

    return DEFAULT_POLICY


def file_of(policy_file: str | None, path: str) -> str | None:
    """The file of `for_scan`; None where no policy stands."""
    if policy_file is not None:
        return policy_file
    found = os.path.join(worktree.top_of(path), FILE_NAME)
    return found if os.path.isfile(found) else None


def read(path: str) -> "CompiledPolicy":
    """Load one policy file. Raises SettingsError with every problem in it."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as exc:
        raise SettingsError(f"the policy can't be read: {exc.strerror}", subject=path) from exc
    return parse(data, path)


def parse(data: bytes, subject: str) -> "CompiledPolicy":
    """The policy in these bytes, of which messages speak as `subject`. Raises SettingsError with every problem in it."""
    kept = _cache_file(data)
    policy = _cached(kept)
    if policy is None:
        # Only here: pydantic costs more to import than a whole scan.
        from advisord.scope import policy as validating

        try:
            text = data.decode()
        except UnicodeDecodeError as exc:
            raise SettingsError(f"the policy is not UTF-8 text: {exc}", subject=subject) from exc
        policy = validating.compile(text, subject)
        from advisord.scope.compiled import dump

        _keep(kept, dump(policy))
    return policy


def own(data: bytes | None, subject: str) -> "tuple[CompiledPolicy | None, list[Problem]]":
    """A repository's own policy beside a server's: these bytes of it. A broken one is not used, and is a problem."""
    if data is None:
        return None, []
    try:
        return parse(data, subject), []
    except SettingsError as exc:
        mistakes = "; ".join(f"{where}: {what}" for where, what in exc.problems) or exc.message
        message = f"the repository's own policy is not used: {mistakes}"
        return None, [Problem("repository-policy", subject, message, blocking=False)]


def not_delegated(ours: "CompiledPolicy", theirs: "CompiledPolicy | None", subject: str) -> list[Problem]:
    """What a repository's own policy says, and the server's does not let it decide: it can only make things stricter."""
    if theirs is None:
        return []
    accepted = [one for one in theirs.acceptances if one not in ours.acceptances]
    weaker = [rule for rule in theirs.rules if rule.then.value != "in" and rule not in ours.rules]
    left = []
    if accepted and "policy" not in ours.delegation.accept:
        left.append(f'its {counted(len(accepted), "acceptance")} (may_accept = ["policy"])')
    if weaker and not ours.delegation.exclude:
        left.append(
            f"what its {counted(len(weaker), 'rule')} would put out of scope or call regular (may_exclude = true)"
        )
    if not left:
        return []
    message = f"it can make things stricter; not counted, unless the server's policy lets it in [repository]: {' and '.join(left)}"
    return [Problem("repository-policy", subject, message, blocking=False)]


def delegated(
    policy: "CompiledPolicy", paths: Iterable[str], read: Callable[[str], bytes | None]
) -> tuple["CompiledPolicy", list[Problem]]:
    """The policy with what it lets files of the repository accept (`[repository] may_accept`): deny.toml, ….

    `paths` are the files of the tree, `read` gives one's bytes. A file that can't be read accepts nothing, and is a
    problem.
    """
    allowed = policy.delegation.accept
    if not allowed:
        return policy, []
    imported, problems = ignore_files(paths, read)
    # Only here, as above: the registry of ignore files reads YAML.
    from advisord.scope.ignores import registry as ignores

    return policy._replace(acceptances=(*policy.acceptances, *ignores.acceptances(imported, allowed))), problems


def names_of_ignore_files(paths: Iterable[str]) -> list[str]:
    """Those of the paths that are other tools' ignore files."""
    from advisord.scope.ignores import registry as ignores

    return sorted(path for path in paths if ignores.format_of(path))


def accepting(paths: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """Those of the ignore files that a policy lets accept (`may_accept`)."""
    from advisord.scope.ignores import registry as ignores

    return [path for path in paths if (one := ignores.format_of(path)) and ignores.may(one.name, path, allowed)]


def ignore_files(
    paths: Iterable[str],
    read: Callable[[str], bytes | None],
    locked: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[list["Imported"], list[Problem]]:
    """What other tools' ignore files in a tree say. `locked` (name → versions) lets triggers in comments be proposed."""
    from advisord.scope.ignores import registry as ignores

    found: list[Imported] = []
    problems: list[Problem] = []
    for path in names_of_ignore_files(paths):
        if (data := read(path)) is not None:
            entries, complaints = ignores.read(path, data, locked)
            found += entries
            problems += complaints
    return found, problems


def _cache_file(data: bytes) -> str:
    # hashlib has the same one, and loads OpenSSL for it, which takes longer than a lockfile.
    from _blake2 import blake2b

    digest = blake2b(data, digest_size=16, person=__version__.encode()[:16]).hexdigest()
    return locations.cache("policies", f"{digest}.json")


def _cached(path: str) -> "CompiledPolicy | None":
    # Only for those who have a policy: without one a scan needs nothing of what policies are made of.
    from advisord.scope.compiled import load

    try:
        with open(path, "rb") as file:
            return load(file.read())
    except OSError:
        return None


def _keep(path: str, text: str) -> None:
    """Keep a compiled policy; a cache that can't be written only costs time."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(file.name, path)
    except OSError:
        return
