"""The metrics: Prometheus can read every line, and their numbers are those of the overview."""

import re
import sqlite3

from notices import AT, notice
from web_parts import Client, Shown, show

from advisord.store import feeds, notices
from advisord.store.database import transaction

_PART = re.compile(r"_(bucket|sum|count)$")
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
    """As `promtool check metrics` wants it: help, type, samples; no suffix that means something else."""
    show(db, "shop", Shown())
    feeds.attempt(db, "osv", "x", "2026-01-01T00:00:00Z")
    order, samples = [], []
    text = ask("/metrics").text
    histograms = set(re.findall(r"^# TYPE (\w+) histogram$", text, re.MULTILINE))
    for line in text.splitlines():
        name = re.split(r"[ {]", line.split(" ", 3)[2] if line.startswith("# ") else line)[0]
        order.append(_PART.sub("", name) if _PART.sub("", name) in histograms else name)
        if not line.startswith("# "):
            samples.append(line.rpartition(" ")[0])
    assert len(samples) == len(set(samples))
    changes = [name for before, name in zip(["", *order], order, strict=False) if name != before]
    assert len(changes) == len(set(changes))
    assert not [name for name in changes if name.endswith(("_total", "_count", "_sum", "_bucket"))]


def test_every_metric_has_a_type_and_a_help(ask: Client) -> None:
    """Before its first sample."""
    text = ask("/metrics").text
    histograms = set(re.findall(r"^# TYPE (\w+) histogram$", text, re.MULTILINE))
    names = set(re.findall(r"^(advisord_\w+)", text, re.MULTILINE))
    names = {_PART.sub("", name) if _PART.sub("", name) in histograms else name for name in names}
    assert names <= set(re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE)) | histograms
    assert names <= set(re.findall(r"^# HELP (\w+) \S", text, re.MULTILINE))


def test_how_fast_changes_become_issues(ask: Client, db: sqlite3.Connection) -> None:
    """A histogram as Prometheus knows it: what took less is counted in every larger bucket, the last one has all."""
    db.execute(
        "INSERT INTO opening VALUES (1, '2026-01-01T00:00:00Z', 600.0, 4.0), (2, '2026-01-02T00:00:00Z', NULL, 61.5)"
    )
    lines = ask("/metrics").text.splitlines()
    name = "advisord_change_seen_to_opened_seconds"
    counts = [line.rpartition(" ")[2] for line in lines if line.startswith(f"{name}_bucket")]
    assert counts == ["0", "1", "1", "1", "2", "2", "2", "2", "2", "2", "2"]
    assert f'{name}_bucket{{le="+Inf"}} 2' in lines
    assert {f"{name}_sum 65.5", f"{name}_count 2", "advisord_change_published_to_seen_seconds_count 1"} <= set(lines)


def test_channels(ask: Client, db: sqlite3.Connection) -> None:
    """What waits, what was refused, and how often in a row a channel has failed."""
    with transaction(db):
        notices.tell(db, "shop", {}, [notices.Addressed("chat", notice(number)) for number in range(3)], AT)
    queue = notices.Queue(db, "chat")
    for end in (queue.delivered, lambda name, now: queue.refused(name, now, "400")):
        parcel = queue.take(AT, 1, "9999")
        assert parcel is not None
        end(parcel.id, AT)
    queue.failed("none", AT, "transport", "500")
    lines = ask("/metrics").text.splitlines()
    for name in ("waiting", "refused", "delivered", "failures"):
        assert f'advisord_notifications_{name}{{channel="chat"}} 1' in lines
    assert 'advisord_notifications_dropped{channel="chat"} 0' in lines
