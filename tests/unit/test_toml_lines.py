"""Where a TOML file's keys stand, for messages."""

from time import process_time

from advisord.toml_lines import key_lines, line_of

TEXT = """\
name = "x"
[ scope . "odd.key" ] # why
 when.severity = "high"
[[rules]]
id = 1
[[ rules ]]

id = 2
'quoted' = 3
[[rules.sub]]
a = 1
"""


def test_tables_and_keys() -> None:
    """Dotted and quoted keys, tables, and arrays of tables by number."""
    lines = key_lines(TEXT)
    assert lines == {
        ("name",): 1,
        ("scope", "odd.key"): 2,
        ("scope", "odd.key", "when", "severity"): 3,
        ("rules", 0): 4,
        ("rules", 0, "id"): 5,
        ("rules", 1): 6,
        ("rules", 1, "id"): 8,
        ("rules", 1, "quoted"): 9,
        ("rules", "sub", 0): 10,
        ("rules", "sub", 0, "a"): 11,
    }


def test_the_nearest_line() -> None:
    """A key that stands nowhere is told by the table above it; what has none is told without a line."""
    lines = key_lines(TEXT)
    assert line_of(lines, ("rules", 1, "missing", "deep")) == 6
    assert line_of(lines, ("nowhere",)) is None
    assert line_of({}, ()) is None


def test_no_text_takes_long() -> None:
    """A repository's policy is not trusted: within a text of several lines anything may stand."""
    begun = process_time()
    assert key_lines("x = '''\n[" + " " * 200_000 + "x\n" + "a ." * 50_000 + "\n'''") == {("x",): 1}
    assert key_lines("[" + " " * 200_000 + "]\n" + "a" + " " * 200_000 + "\n")
    assert process_time() - begun < 1
