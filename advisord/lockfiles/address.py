"""Addresses as lockfiles write them."""

import re

_USER = re.compile(r"^((?:git\+)?https?://)[^/@]*@")


def public(address: str) -> str:
    """The address without a user's name or token, because it goes into reports."""
    return _USER.sub(r"\1", address, count=1)
