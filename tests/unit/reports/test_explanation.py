"""One finding with everything that was looked at."""

from report_parts import judged, place

from advisord.model.advisory import Kind
from advisord.model.update import Update
from advisord.reports.explanation import as_json, as_text

FOUND = Update("crates.io", "h2", "1.2.3", "1.3.0", "minor", ("RUSTSEC-2024-0001",), (), ("Cargo.lock",), allowed=True)


def test_what_to_do_is_the_checked_update() -> None:
    """As text and for programs, beside what the records call fixed."""
    one = judged(at=place(fixed=("1.2.4",), update=FOUND._replace(hindered=(("app", "~1.2"),), allowed=False)))
    assert (
        "    fixed in 1.2.4\n    what to do: update to 1.3.0; needs more than this update: app requires ~1.2"
        in as_text(one, ())
    )
    (told,) = as_json(one, ())["places"]
    assert told["what_to_do"][0] == "update to 1.3.0"
    assert (told["update"]["to"], told["update"]["allowed"], told["fixed"]) == ("1.3.0", False, ["1.2.4"])


def test_what_was_not_looked_at() -> None:
    """The records are all that is known then."""
    (told,) = as_json(judged(at=place(fixed=("1.2.4",))), ())["places"]
    assert (told["what_to_do"], told["update"]) == (["fixed in 1.2.4"], None)
    assert "what to do" not in as_text(judged(), ())


def test_nothing_and_malware() -> None:
    """No version is named where none is known to remove it, nor for what has to be removed."""
    (told,) = as_json(judged(at=place(fixed=("1.2.4",), update=FOUND._replace(to=""))), ())["places"]
    assert told["what_to_do"] == ["no fix exists: replace or remove it"]
    (told,) = as_json(judged(at=place(update=FOUND), kind=Kind.MALWARE), ())["places"]
    assert told["what_to_do"] == ["remove it, and treat the machines that ran it as compromised"]
