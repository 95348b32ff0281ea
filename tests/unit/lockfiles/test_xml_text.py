"""XML of unknown origin: read without document types, bounded, in the encodings that people use."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisord.errors import LockfileError
from advisord.lockfiles.xml_text import read

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<project>&b;</project>"""


def test_elements() -> None:
    """Names without prefix, own text without blanks, lines, and paths of names."""
    root = read(b"<m:p xmlns:m='x'>\n <m:a> one <b/> two </m:a>\n <m:a><c>3</c></m:a></m:p>")
    assert (root.tag, root.value("a"), root.value("none")) == ("p", "one  two", "")
    assert [(element.tag, element.text, element.line) for element in root.all("a", "c")] == [("c", "3", 3)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "GB18030"])
def test_encodings(encoding: str) -> None:
    """The declaration decides, as XML wants it."""
    text = f"<?xml version='1.0' encoding='{encoding}'?><a>caf\u00e9</a>"
    assert read(text.encode(encoding)).text == "caf\u00e9"


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "https://evil.example/a.dtd"><a/>',
        b"<!DOCTYPE a><a/>",
    ],
)
def test_document_types_are_refused(data: bytes) -> None:
    """Whatever the encoding: no entity is ever defined, nothing is fetched."""
    with pytest.raises(LockfileError, match="document type"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"prose",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&nope;</a>",
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<?xml version='1.0' encoding='nonsense'?><a/>",
        b"<?xml version='1.0' encoding='GBK'?><a>\xff</a>",
        b"<?xml version='1.0' encoding='euc-nowhere'?><a/>",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"<<<<<<< HEAD\n<a/>",
        b"\xff\xfe\xfd",
    ],
)
def test_what_is_no_xml(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        read(data)


@given(st.binary() | st.text("<>/a&;!?-[]='\"").map(str.encode))
def test_any_bytes(data: bytes) -> None:
    """Either an element or a LockfileError."""
    with suppress(LockfileError):
        read(data)


def test_long_texts_take_linear_time() -> None:
    """The parser hands them over in pieces."""
    assert len(read(b"<a>" + b"x\n" * 4_000_000 + b"</a>").text) == 7_999_999
