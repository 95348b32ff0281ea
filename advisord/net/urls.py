"""URLs as they may be shown and compared."""

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443, "ssh": 22}


def shown(url: str) -> str:
    """The URL for a sentence: without user, password, query and fragment, which may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "the URL"
    if not parts.scheme or not host:
        return url.rpartition("@")[2].partition("?")[0]
    return f"{parts.scheme}://{host}{parts.path}"


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port (RFC 6454, section 4). Raises ValueError when the URL names no port that can be."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(scheme, 0)
