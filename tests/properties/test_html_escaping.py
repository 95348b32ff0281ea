"""Whatever a text is, in a page it is that text and nothing else."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from advisord.web.html import link, tag


class _Read(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(page: str) -> _Read:
    read = _Read()
    read.feed(page)
    read.close()
    return read


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


MARKUP = st.text(st.sampled_from("<>\"'&;=/ab!-x\u202e\n\0") | st.characters(), max_size=30)


@given(MARKUP, MARKUP)
def test_texts_stay_texts(content: str, value: str) -> None:
    """As content and as an attribute's value."""
    read = _read(tag("p", content, title=value))
    assert read.elements == [("p", [("title", _visible(value))])]
    assert read.text == _visible(content)


@given(MARKUP)
def test_addresses_of_other_schemes_are_no_links(address: str) -> None:
    """Only what begins as a web address, or as a path of ours, is one."""
    elements = _read(link("x", address)).elements
    allowed = address.startswith(("http://", "https://", "/")) and not address.startswith(("//", "/\\"))
    assert (elements != []) == allowed
