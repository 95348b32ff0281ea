"""Python: PEP 440 as `packaging` reads it, and the texts from before it.

A text that is no PEP 440 version is ordered below every one that is, and among its kind as setuptools ordered it until
2014 (its `pkg_resources`): PyPI still serves such releases and advisories name them.
"""

import re

from advisord.versions.encoding import NUMBERS, number, text
from advisord.versions.interface import Scheme

_LEGACY = b"\x01"
_END = b"\x01"
_PRE = {"dev": b"\x02", "a": b"\x03", "b": b"\x04", "rc": b"\x05", "": b"\x06"}
_NO_POST = b"\x01"
_NO_DEV = b"\xf0"
_FINAL = _PRE[""] + _NO_POST + _NO_DEV
_NO_EPOCH = number(0)
_WORD = b"\x02"

# The normal form without epoch and local part, which nearly every release has: it needs no import of packaging.
_NORMAL = re.compile(r"([0-9]+(?:\.[0-9]+)*)(?:(a|b|rc)([0-9]+))?(?:\.post([0-9]+))?(?:\.dev([0-9]+))?").fullmatch
_PIECES = re.compile(r"([0-9]+|[a-z]+|\.|-)").split
_RENAMED = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}


def key(version: str) -> bytes:
    """Epoch, release without trailing zeros, then pre, post, dev and local, each with its absence ranked."""
    match = _NORMAL(version)
    if match is not None:
        release, pre, pre_number, post, dev = match.groups()
        return _NO_EPOCH + _release(release.split(".")) + _suffixes(pre, pre_number, post, dev)
    from packaging.version import InvalidVersion, Version  # here: 8 ms that a scan seldom needs

    try:
        parsed = Version(version)
    except InvalidVersion:
        return _LEGACY + b"".join(text(part) for part in _legacy(version))
    pre, pre_number = (None, None) if parsed.pre is None else (parsed.pre[0], str(parsed.pre[1]))
    post = None if parsed.post is None else str(parsed.post)
    dev = None if parsed.dev is None else str(parsed.dev)
    head = number(parsed.epoch) + _release([str(part) for part in parsed.release])
    return head + _suffixes(pre, pre_number, post, dev) + _local(parsed.local)


def _release(parts: list[str]) -> bytes:
    codes = [NUMBERS[part] for part in parts]
    while codes and codes[-1] == _NO_EPOCH:
        codes.pop()
    codes.append(_END)
    return b"".join(codes)


def _suffixes(pre: str | None, pre_number: str | None, post: str | None, dev: str | None) -> bytes:
    if pre is None and post is None and dev is None:
        return _FINAL
    if pre is not None and pre_number is not None:
        code = _PRE[pre] + NUMBERS[pre_number]
    elif post is None:
        code = _PRE["dev"]  # 1.0.dev1 comes before 1.0a1
    else:
        code = _PRE[""]
    return code + (_NO_POST if post is None else NUMBERS[post]) + (_NO_DEV if dev is None else NUMBERS[dev])


def _local(local: str | None) -> bytes:
    if local is None:
        return b""
    return b"".join(NUMBERS[part] if part.isdigit() else _WORD + text(part) for part in local.split("."))


def _legacy(version: str) -> list[str]:
    """The parts by which setuptools compared versions, as texts: numbers padded, words marked by `*`."""
    parts: list[str] = []
    for piece in [*_PIECES(version.lower()), "final"]:
        part = _RENAMED.get(piece, piece)
        if not part or part == ".":
            continue
        if part[0] in "0123456789":
            parts.append(part.zfill(8))
            continue
        part = "*" + part
        if part < "*final":  # a pre-release's word takes back the hyphen before it
            while parts and parts[-1] == "*final-":
                parts.pop()
        while parts and parts[-1] == "00000000":
            parts.pop()
        parts.append(part)
    return parts


def is_prerelease(version: str) -> bool:
    """Whether pip would skip the version unless asked: pre-releases, development releases, and what it can't read."""
    match = _NORMAL(version)
    if match is not None:
        return match[2] is not None or match[5] is not None
    from packaging.version import InvalidVersion, Version  # as above

    try:
        return Version(version).is_prerelease
    except InvalidVersion:
        return True


SCHEME = Scheme(key, is_prerelease)
