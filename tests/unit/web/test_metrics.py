"""The metrics: Prometheus can read every line, and their numbers are those of the overview."""

import re
import sqlite3

from web_parts import Client, Shown, show

from advisord.store import feeds

_SAMPLE = re.compile(r'(advisord_[a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? -?[0-9.e+]+')


def test_every_line_is_a_comment_or_a_sample(ask: Client, db: sqlite3.Connection) -> None:
    """Also where a name holds what has a meaning in the format."""
    show(db, "shop", Shown())
    feeds.attempt(db, 'a"b\\c\nd', "x", "2026-01-01T00:00:00Z")
    response = ask("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = response.text.splitlines()
    assert [line for line in lines if not line.startswith("# ") and not _SAMPLE.fullmatch(line)] == []
    assert 'advisord_findings{scope="in",severity="high"} 1' in lines
    assert 'advisord_feed_fresh{feed="a\\"b\\\\c\\nd"} 0' in lines


def test_samples_of_a_metric_stand_together_and_none_comes_twice(ask: Client, db: sqlite3.Connection) -> None:
    """As `promtool check metrics` wants it: help, type, samples; gauges without a suffix that means something else."""
    show(db, "shop", Shown())
    feeds.attempt(db, "osv", "x", "2026-01-01T00:00:00Z")
    order, samples = [], []
    for line in ask("/metrics").text.splitlines():
        name = re.split(r"[ {]", line.split(" ", 3)[2] if line.startswith("# ") else line)[0]
        order.append(name)
        if not line.startswith("# "):
            samples.append(line.rpartition(" ")[0])
    assert len(samples) == len(set(samples))
    changes = [name for before, name in zip(["", *order], order, strict=False) if name != before]
    assert len(changes) == len(set(changes))
    assert not [name for name in changes if name.endswith(("_total", "_count", "_sum", "_bucket"))]


def test_every_metric_has_a_type_and_a_help(ask: Client) -> None:
    """Before its first sample."""
    text = ask("/metrics").text
    names = set(re.findall(r"^(advisord_\w+)", text, re.MULTILINE))
    assert names <= set(re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE))
    assert names <= set(re.findall(r"^# HELP (\w+) \S", text, re.MULTILINE))
