"""The digest: a message that can be read, the same for the same parcel, with no header of anybody else's."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from notices import AT, Teller, notice, seen

from advisord.model.advisory import Severity
from advisord.model.notice import Notice, Parcel
from advisord.notifying import routes
from advisord.notifying.channels import mail
from advisord.notifying.news import Date

SENDER, PEOPLE = "advisord@example.org", ["a@example.org", "b@example.org"]


def parsed(*notices: Notice, name: str = "msg_1") -> EmailMessage:
    """The message as a reader gets it."""
    data = mail.message(Parcel(name, AT, notices), SENDER, PEOPLE)
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    return BytesParser(policy=policy.default).parsebytes(data)


def text(message: EmailMessage) -> str:
    """Its text."""
    return str(message.get_content())


def test_headers() -> None:
    """From, to, when, an id made from the parcel's, and no answer from those who are away."""
    message = parsed(notice(1), notice(2, severity="critical"))
    assert message["From"] == SENDER
    assert message["To"] == "a@example.org, b@example.org"
    assert message["Subject"] == "advisord: 2 notices, worst critical: shop"
    assert message["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert message["Message-ID"] == "<msg_1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_same_parcel_is_the_same_message() -> None:
    """However often it is sent."""
    parcel = Parcel("msg_1", AT, (notice(1), notice(2)))
    assert mail.message(parcel, SENDER, PEOPLE) == mail.message(parcel, SENDER, PEOPLE)


def test_the_text_can_be_read() -> None:
    """By repository: what, where, by when, and where the issue stands."""
    tell = Teller()
    tell.issues = lambda _finding: ["https://forge.example/3"]
    (item,) = tell(seen(dates=[Date("fix", "triaged 2026-02-01 + 7 days = 2026-02-08", over=True)]))
    assert text(parsed(item.notice)).replace("\r\n", "\n") == (
        "shop\n====\n\n"
        "* shop: GHSA-1 (high severity) in hyper 1.0.0: Memory is used without bound. Update to 2.0.0.\n"
        "    Cargo.lock at main: 1.0.0\n"
        "    triaged 2026-02-01 + 7 days = 2026-02-08 (past)\n"
        "    https://forge.example/3\n\n"
    )


def test_nobody_adds_a_header() -> None:
    """A line break in a repository's name, a package's or an advisory's text stays text."""
    evil = "x\r\nBcc: everybody@example.org\r\n\r\n.\r\nQUIT"
    (item,) = Teller()(seen(summary=evil, package=evil, name=evil))
    message = parsed(item.notice._replace(repository=evil))
    assert message["Bcc"] is None
    assert {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"} <= set(message.keys())
    assert "\n." not in text(message)
    assert message["Subject"].startswith("advisord: 1 notice, worst high: x Bcc:")


def test_any_letters() -> None:
    """A text beyond ASCII arrives as it is."""
    (item,) = Teller()(seen(summary="Größe 大 🦀"))
    assert "Größe 大 🦀" in text(parsed(item.notice))


def test_gathered_notices_show_the_worst() -> None:
    """And how many more there are."""
    tell = Teller()
    items = tell(*[seen(name=f"GHSA-{n}", severity=Severity.LOW) for n in range(30)])
    (gathered,) = routes.gathered([item.notice for item in items])
    shown = text(parsed(gathered))
    assert "30 findings are tracked now (30 low)" in shown
    assert shown.count("    - shop: GHSA-") == 20
    assert "and 10 more" in shown
