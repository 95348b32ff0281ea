"""ConanCenter (Conan 2's `Version`): items between dots without trailing zeros, then pre-release, then build.

Conan compares a number with a word as texts, which runs in a circle (`2` < `10` < `1a` < `2`). Here an item such as `1a`
stands right behind the number it starts with, as OpenSSL's `1.1.1w` needs it; numbers are below other words, which is
what Conan says too.
"""

import re

from advisord.versions.encoding import NUMBERS, invalid, number, text
from advisord.versions.interface import Scheme

_VERSION = re.compile(r"[0-9A-Za-z_.+-]+").fullmatch
_LEADING = re.compile(r"([0-9]*)(.*)").fullmatch
_ZERO = number(0)
_END = b"\x01"
_PRE = b"\x02"
_NO_PRE = b"\x03"
_BUILD = b"\x04"
_WORD = b"\xf0"
_MORE = b"\xfd"  # text behind a number: above whatever the next item can start with


def _split(version: str) -> tuple[str, str | None, str | None]:
    if _VERSION(version) is None:
        raise invalid(version, "letters, digits and the signs _ . + - only")
    main, plus, build = version.rpartition("+")
    if not plus:
        main, build = version, ""
    main, hyphen, pre = main.partition("-")
    return main, pre if hyphen else None, build if plus else None


def _items(dotted: str) -> bytes:
    codes = [_item(item) for item in dotted.lower().split(".")]
    while codes and codes[-1] == _ZERO:
        codes.pop()
    codes.append(_END)
    return b"".join(codes)


def _item(item: str) -> bytes:
    match = _LEADING(item)
    digits, rest = match.groups() if match else ("", item)
    if not digits:
        return _WORD + text(rest)
    return NUMBERS[digits] if not rest else NUMBERS[digits] + _MORE + text(rest)


def key(version: str) -> bytes:
    """The items, then a pre-release below its absence, then a build above its absence."""
    main, pre, build = _split(version)
    head = _items(main) + (_NO_PRE if pre is None else _PRE + _items(pre))
    return head if build is None else head + _BUILD + _items(build)


def is_prerelease(version: str) -> bool:
    """Whether the version has a pre-release part."""
    return _split(version)[1] is not None


SCHEME = Scheme(key, is_prerelease)
