"""Law: codes of numbers and texts order as what they stand for, can be joined, and can be read back."""

from hypothesis import given
from hypothesis import strategies as st

from advisord.versions.encoding import HIGHEST, NUMBERS, number, text

NUMBER = st.one_of(st.integers(0, 300), st.integers(0, 2**40), st.integers(0, 10**256 - 1))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


def _read_number(code: bytes) -> tuple[int, bytes]:
    first = code[0] - 0x20
    if first < 176:
        return first, code[1:]
    size, start = (first - 175, 1) if first < 192 else (code[1], 2)
    return int.from_bytes(code[start : start + size], "big"), code[start + size :]


@given(st.lists(NUMBER, min_size=1, max_size=4))
def test_numbers_are_read_back(values: list[int]) -> None:
    """Joined codes come apart again: they are prefix-free."""
    code = b"".join(number(value) for value in values)
    for value in values:
        read, code = _read_number(code)
        assert read == value
    assert code == b""


@given(st.lists(NUMBER, max_size=4), st.lists(NUMBER, max_size=4))
def test_joined_numbers_order_as_lists(a: list[int], b: list[int]) -> None:
    """The order of joined codes is the order of the lists."""
    left, right = (b"".join(map(number, values)) for values in (a, b))
    assert (left < right) == (a < b)
    assert (left == right) == (a == b)


@given(TEXT, TEXT, st.binary(max_size=3), st.binary(max_size=3))
def test_texts_order_by_code_point(a: str, b: str, behind_a: bytes, behind_b: bytes) -> None:
    """Whatever follows two different texts does not change their order."""
    if a != b:
        assert (text(a) + behind_a < text(b) + behind_b) == (a < b)
    assert text(a)[:-1].decode() == a


@given(NUMBER)
def test_the_table_says_the_same(value: int) -> None:
    """Digits with and without leading zeros have the number's code, and nothing reaches the open end."""
    assert NUMBERS[str(value)] == number(value) < HIGHEST
    assert NUMBERS["0" + str(value)[:255]] == number(int(str(value)[:255]))
