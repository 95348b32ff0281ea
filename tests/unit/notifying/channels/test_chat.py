"""A post: what others wrote pings nobody and links nowhere, and it is never too long."""

import json
import re

import pytest
from notices import AT, Teller, notice, seen

from advisord.model.notice import Parcel, Word
from advisord.notifying.channels import chat

HOSTILE = [
    "<!channel> <!here|here> <@U123> <#C123> <https://evil.example|our page>",
    "@channel @here @all @everyone @someone",
    "[our page](https://evil.example) ![x](http://evil.example/x.png) [a]: evil.example [b][c]",
    "www.evil.example evil.example/login mailto:a@evil.example",
    "`code` ```block``` \\`escaped\\`",
    "~town-square #general",
    "&lt;!channel&gt; &amp;lt;",
]


def shown(text: str, style: str = "said") -> str:
    """A word in a post."""
    return chat.text([notice()._replace(words=(Word(text, style),))])


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("style", ["said", "code"])
def test_what_others_wrote_does_nothing(text: str, style: str) -> None:
    """Slack acts on <…> alone; Mattermost on @names, Markdown links and bare addresses outside of code."""
    post = shown(text, style)
    assert "<" not in post
    assert ">" not in post
    assert not re.search(r"&(?!amp;|lt;|gt;)", post)
    outside = re.sub(r"`[^`]*`", "", post) if style == "code" else post
    assert not re.search(r"@\w|\]\(|!\[|\]\[|\]:|://|www\.|\w\.example|~\w|#\w", outside)
    assert outside.count("`") == 0


def test_a_name_can_be_copied() -> None:
    """In its code span it is as it is."""
    assert shown("socket.io", "code") == "`socket.io`"
    assert shown("", "code") == "-"


def test_issues_are_linked() -> None:
    """An address that is none, or would break out, is not."""
    urls = ["https://forge.example/o/r/issues/7", "https://x|<!here>", "/srv/issues/7.md", "https://a b"]
    assert chat.text([notice(1, issues=urls)]).endswith(" (<https://forge.example/o/r/issues/7|issue #7>)")


def test_a_post_has_an_end() -> None:
    """What does not fit is counted."""
    post = chat.text([notice(number) for number in range(60)])
    assert post.count("•") == 20
    assert post.endswith("… and 40 more: see the issues and the pages.")
    (item,) = Teller()(seen(summary="x" * 9000, package="y" * 9000))
    many = chat.text([item.notice._replace(words=item.notice.words * 9)] * 50)
    assert len(many) < 4000


def test_the_post_is_one_json() -> None:
    """With nothing unfurled."""
    sent: list[bytes] = []

    class Post:
        def send(self, body: bytes, headers: object) -> None:
            sent.append(body)

        def check(self) -> str:
            return "there"

    one = notice()
    assert chat.Chat(Post()).send(Parcel(one.id, AT, (one,))) == ""
    assert json.loads(sent[0]) == {
        "text": "`shop`: number 1 is said",
        "unfurl_links": False,
        "unfurl_media": False,
    }
