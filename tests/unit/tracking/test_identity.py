"""How an issue is known again: what is written comes back, nothing breaks out, people's text stays."""

import pytest

from advisord.tracking.identity import (
    BEGIN,
    END,
    Facts,
    Marker,
    block_of,
    bounded_ids,
    bounded_places,
    comment_marker,
    digest,
    encode,
    new_key,
    place_name,
    read,
    remarked,
    short,
    signed,
    splice,
)

KEY = "0123456789abcdef"
MARKER = Marker(KEY, "octo/crab", ecosystem="npm", package="p", ids=("GHSA-1",))
HOSTILE = ("-->", "a b=c,d", "é\n<!-- advisord:end -->", "%2C", "<!-- advisord:v1 key=x -->", "'\"&;")


def block(marker: Marker, text: str = "words") -> str:
    """A block of ours."""
    return f"{BEGIN}\n{encode(marker)}\n{text}\n{END}"


def test_what_is_written_is_read() -> None:
    """Every field, whatever stands in it: no name or id ends the comment."""
    facts = Facts("in", "high", "affected", "1.0, 2.0", "yes", HOSTILE, HOSTILE, 41, ("fix: 2026-05-01",))
    marker = Marker(KEY, HOSTILE[0], "finding", *HOSTILE[1:3], HOSTILE, 7, "t", HOSTILE, ("closed",), "s", "12", facts)
    assert read(block(marker)) == marker
    assert encode(marker).count("-->") == 1
    assert "\n" not in encode(marker)


def test_the_largest_is_read() -> None:
    """Thousands of long names in any script: an issue that is not known again would be opened twice."""
    long = [f"{number} " + "服务前端" * 60 for number in range(1000)]
    places, total = bounded_places(place_name("main", name) for name in long[:40])
    ids = bounded_ids(long)
    facts = Facts(withdrawn=ids, places=places, total=total)
    marker = MARKER._replace(ecosystem=short(long[0]), package=short(long[1]), ids=ids, facts=facts)
    assert read(block(marker)) == marker
    assert ids
    assert (places, total) == ((), 40)


def test_what_is_bounded_stays_apart() -> None:
    """Two long names are two; a short one is itself; a place counts once; too many are a number."""
    assert short("a" * 200) == "a" * 200
    assert short("a" * 300 + "b") != short("a" * 300 + "c")
    assert len(short("a" * 10_000)) < 300
    assert bounded_places(["b", "a", "b"]) == (("a", "b"), 2)
    assert bounded_places([]) == ((), 0)
    assert bounded_places(map(str, range(41))) == ((), 41)
    assert bounded_ids(map(str, range(100))) == tuple(map(str, range(60)))


@pytest.mark.parametrize(
    "body",
    [
        "",
        encode(MARKER),
        f"{BEGIN}\n{encode(MARKER)}",
        f"{BEGIN}\nwords\n{END}\n{encode(MARKER)}",
        block(MARKER._replace(key="KEY")),
        block(MARKER._replace(kind="rumour")),
        block(MARKER._replace(ids=())),
        block(MARKER._replace(package="")),
        f"{BEGIN}<!-- advisord:v1 = == , -->{END}",
        f"{BEGIN}<!-- advisord:v2 key={KEY} kind=digest -->{END}",
    ],
)
def test_nonsense_is_no_marker(body: str) -> None:
    """Outside of a whole block of ours, or without what an issue is about."""
    assert read(body) is None


def test_numbers_of_strangers() -> None:
    """A number that is none counts as nothing."""
    assert read(block(MARKER).replace("rev=1", "rev=" + "9" * 5000)) == MARKER._replace(rev=0)


def test_people_s_text_stays() -> None:
    """Only our block is exchanged, whatever stands around it or in it."""
    body = f"Hello\r\n\r\n{block(MARKER)}\nBye \\1 {END}"
    changed = splice(body, block(MARKER, r"\g<0> new"))
    assert changed == f"Hello\r\n\r\n{block(MARKER, chr(92) + 'g<0> new')}\nBye \\1 {END}"
    assert splice("", block(MARKER)) == block(MARKER) + "\n"
    assert splice(" mine \n", block(MARKER)) == f" mine\n\n{block(MARKER)}\n"
    again = remarked(block_of(changed), MARKER._replace(rev=2))
    assert read(again) == MARKER._replace(rev=2)
    assert again.replace("rev=2", "rev=1") == block_of(changed)


def test_keys() -> None:
    """Of the parts and not of their joint; another when an issue succeeds one."""
    keys = [new_key("a", "b", "c", "d"), new_key("a\nb", "c", "d", ""), new_key("a", "b", "c", "d", "7")]
    assert len(set(keys)) == 3
    assert all(len(key) == 16 for key in keys)


def test_a_digest_is_of_the_words() -> None:
    """A tracker may change line ends and the spaces before them."""
    assert digest("a \nb\n") == digest("a\r\nb")
    assert digest("a\nb") != digest("ab")


def test_a_comment_is_known_by_its_occasion() -> None:
    """By its own marker, also when somebody's text before it holds another."""
    mine = signed("words", "k", "1")
    assert comment_marker(mine)
    assert comment_marker(signed(mine, "k", "2")) == comment_marker(signed("", "k", "2")) != comment_marker(mine)
    assert comment_marker("words") == ""
