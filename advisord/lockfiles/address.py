"""Addresses as lockfiles write them."""

import re

from advisord.model.inventory import Source

_USER = re.compile(r"^((?:git\+)?https?://)[^/@]*@")

_PYPI_FILE = re.compile(
    r"https?://[^?#]*/packages/(?:[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}|(?:source|any|[a-z]{2}[\d.py]+)/[A-Za-z0-9])/[^/]*"
)


def source_at(address: str, version: str) -> Source:
    """Where a Python archive (of a known version) is from: PyPI, where its address is laid out as on PyPI's file server.

    That layout, which mirrors keep, is `/packages/`, a digest in three parts (or `source/r/name/`), and the file's name.
    """
    return Source.REGISTRY if version and _PYPI_FILE.match(address) else Source.URL


def public(address: str) -> str:
    """The address without a user's name or token, because it goes into reports."""
    return _USER.sub(r"\1", address, count=1)
