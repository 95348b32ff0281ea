"""URLs in sentences, and their origins."""

import pytest

from advisord.net.urls import origin, shown


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://user:secret@feed.example:8443/a/b?token=secret#x", "https://feed.example:8443/a/b"),
        ("https://feed.example", "https://feed.example"),
        ("git@host.example:a/b.git", "host.example:a/b.git"),
        ("/srv/mirror", "/srv/mirror"),
        ("https://[", "the URL"),
    ],
)
def test_shown(url: str, text: str) -> None:
    """Nothing that may be a secret is shown."""
    assert shown(url) == text


def test_origin() -> None:
    """A default port is the port."""
    assert origin("https://Feed.example/x") == origin("https://feed.example:443/y")
    assert origin("https://feed.example") != origin("http://feed.example")
