"""Who hears of what: the channel's own filter, the policy's names, and many as one."""

import pytest
from notices import notice

from advisord.model.notice import Event
from advisord.notifying.news import Item
from advisord.notifying.routes import MANY, Filter, addressed

ALL = Filter()


@pytest.mark.parametrize(
    ("wants", "passes"),
    [
        (ALL, True),
        (Filter(repositories=("sh*",)), True),
        (Filter(repositories=("bank",)), False),
        (Filter(events=(Event.CLOSED,)), False),
        (Filter(scopes=("regular",)), False),
        (Filter(severity_from="high"), True),
        (Filter(severity_from="critical"), False),
    ],
)
def test_a_channel_hears_what_it_lets_through(wants: Filter, passes: bool) -> None:
    """Everything by default."""
    found = addressed([Item(notice(), "in")], {"chat": wants})
    assert [channel for channel, _ in found] == (["chat"] if passes else [])


def test_unknown_is_as_high_as_any() -> None:
    """An unrated severity is told, and does not wait, whatever the bound."""
    unrated = notice(severity="unknown")
    assert Filter(severity_from="critical").passes(unrated, "in")
    assert Filter(urgent_from="critical").urgent(unrated)
    assert not Filter().urgent(unrated)
    assert not Filter(urgent_from="critical").urgent(notice())


def test_what_is_about_a_feed_passes_every_repository() -> None:
    """It has neither repository, nor scope, nor severity."""
    about = notice(event=Event.FEED_FAILING)._replace(repository="", severity="")
    assert Filter(("bank",), (), ("in",), "critical").passes(about, "")


def test_the_policy_narrows_and_never_widens() -> None:
    """A channel hears what the policy sends to it, of that what it lets through itself."""
    items = [Item(notice(1), "in", ("a", "nobody")), Item(notice(2), "in", ()), Item(notice(3), "in", None)]
    found = addressed(items, {"a": ALL, "b": ALL, "c": Filter(scopes=("regular",))})
    assert [(channel, one.id == notice(1).id) for channel, one in found] == [("a", True), ("a", False), ("b", False)]


def test_many_of_one_kind_are_one() -> None:
    """At the first look at a repository, say; the worst stand in it, the id is made from all."""
    many = [Item(notice(n, severity="critical" if n == 7 else "low", package=f"p{n}"), "in") for n in range(MANY + 1)]
    closed = Item(notice(99, event=Event.CLOSED), "in")
    found = [one for _, one in addressed([*many, closed], {"chat": ALL})]
    assert [one.event for one in found] == [Event.GATHERED, Event.CLOSED]
    assert found[0].severity == "critical"
    assert found[0].data["count"] == MANY + 1
    assert found[0].data["severities"] == {"critical": 1, "low": MANY}
    assert found[0].data["worst"][0]["package"] == "p7"
    (again,) = [one for _, one in addressed(many[::-1], {"other": ALL})]
    assert again.id == found[0].id


def test_a_few_stay_apart() -> None:
    """Up to twenty are told one by one."""
    few = [Item(notice(number), "in") for number in range(MANY)]
    assert len(addressed(few, {"chat": ALL})) == MANY
