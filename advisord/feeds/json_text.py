"""JSON of feeds: untrusted, often large, read fast."""

import json
import re
from collections.abc import Callable
from typing import Any

MAX_BYTES = 32 << 20
"""No record is nearly as large: the largest of the real feeds have 2 MB."""

_LONE = re.compile(rb"\\u[dD][89a-fA-F]")


def _decoder() -> Callable[[bytes], Any]:
    try:
        from msgspec.json import Decoder
    except ImportError:
        return json.loads
    return Decoder().decode


_decode = _decoder()


def loads(document: bytes) -> Any:
    """The value of a JSON text, every string of it storable as UTF-8. Raises ValueError with a reason in words."""
    if len(document) > MAX_BYTES:
        raise ValueError(f"it has {len(document):,} bytes, more than the limit of {MAX_BYTES:,}")
    try:
        value = _decode(document)
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except ValueError:
        value = _patiently(document)
    if b"\\u" in document and _LONE.search(document):
        # Half of a surrogate pair is legal in JSON's grammar and in no database.
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _patiently(document: bytes) -> Any:
    """What the standard library makes of a text that the fast decoder does not take (a byte order mark, UTF-16)."""
    try:
        return json.loads(document)
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except UnicodeDecodeError as exc:
        raise ValueError(f"it is not UTF-8 at byte {exc.start}") from None
    except ValueError as exc:
        what = "an HTML page, not JSON" if document[:100].lstrip().startswith(b"<") else f"it is not JSON: {exc}"
        raise ValueError(what) from None


def texts(value: Any) -> tuple[str, ...]:
    """The non-empty strings of a list; anything else holds none."""
    if not isinstance(value, list):
        return ()
    try:
        if "" not in value and "".join(value):  # which is what tells fastest that all of them are texts
            return tuple(value)
    except TypeError:
        pass
    return tuple([text for text in value if isinstance(text, str) and text])
