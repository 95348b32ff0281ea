"""Issues as files: what is written again stays as it was."""

import pytest

from advisord.tracking.trackers.front_matter import Document, parse, write


def test_a_file_that_is_written_again_stays_as_it_was() -> None:
    """A number has no quotes the first time and gets none later; people's own fields keep their place and form."""
    text = write(
        Document({"number": 2, "title": "x: y", "since": "2026-01-01", "mine": ["a"], "zip": "01234"}, "Body", "")
    )
    assert text.startswith("---\nnumber: 2\n")
    assert write(parse(text)) == text


def test_comments_stand_behind_the_body() -> None:
    """Both come back without the line between them."""
    document = parse(write(Document({"number": 1}, "The body", "A comment")))
    assert (document.body, document.comments) == ("The body", "A comment")


@pytest.mark.parametrize(
    "text", ["", "# no fields", "---\n- a\n---\n", "---\na: [\n---\n", "---\n" + "[" * 300 + "\n---\n"]
)
def test_what_is_no_issue(text: str) -> None:
    """One kind of error with a sentence, whatever is wrong, however deep."""
    with pytest.raises(ValueError, match=r"fields|line \d"):
        parse(text)
