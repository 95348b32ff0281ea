"""The state as Prometheus reads it (text exposition format, version 0.0.4)."""

from collections.abc import Iterable, Mapping, Sequence

from advisord import __version__
from advisord.model.notice import Line
from advisord.store import latency, notices, views
from advisord.times import parse
from advisord.web import content
from advisord.web.look import Look

_DOUBTS = (
    ("unreadable", "Repositories of which not everything could be read the last time."),
    ("unjudged", "Repositories that could not be judged the last time."),
    ("untracked", "Repositories whose issues could not be kept the last time."),
    ("with_problems", "Repositories of which something could not be settled: all of these, and others."),
)
_Samples = Iterable[tuple[Mapping[str, str], float]]


def text(look: Look) -> str:
    """Every metric."""
    data = content.summary(look)
    standing = views.repositories(look.db)
    feeds = data["feeds"]
    found = data["findings"]["by_severity"]
    read = [at.timestamp() for one in standing if (at := parse(one.read_at))]
    lines = [
        *_metric("info", "The release that answers.", [({"version": __version__}, 1)]),
        *_metric(
            "findings",
            "Findings by scope and severity.",
            [
                ({"scope": scope, "severity": severity}, count)
                for scope, counts in found.items()
                for severity, count in counts.items()
            ],
        ),
        *_metric(
            "deadlines",
            "Deadlines of findings in scope.",
            [({"state": state}, data["deadlines"][state]) for state in content.DUE],
        ),
        *_metric(
            "feed_age_seconds",
            "How long ago a feed was last seen to say what is stored.",
            [({"feed": feed["name"]}, feed["age_seconds"]) for feed in feeds if feed["age_seconds"] is not None],
        ),
        *_metric(
            "feed_fresh", "1 when what is stored of a feed is not too old, and believed.", _of_feeds(feeds, "fresh")
        ),
        *_metric(
            "feed_failed",
            "1 when the last poll of a feed failed.",
            [({"feed": feed["name"]}, int(bool(feed["error"]))) for feed in feeds],
        ),
        *_metric("feed_records", "Records of a feed.", _of_feeds(feeds, "records")),
        *_metric("feed_rejected", "Records of a feed that could not be read.", _of_feeds(feeds, "rejected")),
        *_metric("repositories", "Repositories that are known.", [({}, len(standing))]),
        *(
            line
            for state, explanation in _DOUBTS
            for line in _metric(f"repositories_{state}", explanation, [({}, data["repositories"][state])])
        ),
        *_metric("last_cycle_timestamp_seconds", "When a repository was last read.", [({}, max(read, default=0))]),
        *_metric(
            "oldest_reading_timestamp_seconds",
            "When the repository that was read the longest ago was read.",
            [({}, min(read, default=0))],
        ),
        *_metric(
            "issues",
            "Issues that are known, by tracker and state.",
            [({"tracker": tracker, "state": state}, count) for tracker, state, count in views.open_issues(look.db)],
        ),
        *_notifications(notices.lines(look.db)),
        *_delays(latency.delays(look.db)),
    ]
    return "\n".join(lines) + "\n"


def _notifications(lines: Sequence[Line]) -> Iterable[str]:
    told = (
        ("waiting", "Notices that wait for a channel.", [line.waiting for line in lines]),
        ("refused", "Notices that a channel refused; they are kept.", [line.refused for line in lines]),
        ("dropped", "Notices that were only counted, because too many waited.", [line.dropped for line in lines]),
        ("delivered", "Notices that a channel has taken.", [line.delivered for line in lines]),
        ("failures", "Attempts in a row that failed.", [line.failures for line in lines]),
    )
    for name, explanation, values in told:
        samples = [({"channel": line.channel}, value) for line, value in zip(lines, values, strict=True)]
        yield from _metric(f"notifications_{name}", explanation, samples)


def _delays(delays: Mapping[str, latency.Delay]) -> Iterable[str]:
    """How fast a feed's changes become issues: only of issues that a change brought."""
    explained = {
        "published_to_seen": "From a record's own date of change until it was stored, for issues that a change brought.",
        "seen_to_opened": "From the poll that brought a change until the issue about it was opened.",
    }
    for stage, explanation in explained.items():
        delay, name = delays[stage], f"change_{stage}_seconds"
        yield f"# HELP advisord_{name} {explanation}"
        yield f"# TYPE advisord_{name} histogram"
        for bound, count in zip(latency.BOUNDS, delay.within, strict=True):
            yield f'advisord_{name}_bucket{{le="{bound}"}} {count}'
        yield f'advisord_{name}_bucket{{le="+Inf"}} {delay.issues}'
        yield f"advisord_{name}_sum {delay.total:.15g}"
        yield f"advisord_{name}_count {delay.issues}"


def _of_feeds(feeds: Iterable[content.Data], name: str) -> _Samples:
    return [({"feed": feed["name"]}, int(feed[name])) for feed in feeds]


def _metric(name: str, explanation: str, samples: _Samples) -> Iterable[str]:
    yield f"# HELP advisord_{name} {explanation}"
    yield f"# TYPE advisord_{name} gauge"
    for labels, value in samples:
        said = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels.items())
        yield f"advisord_{name}{f'{{{said}}}' if said else ''} {value:.15g}"


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
