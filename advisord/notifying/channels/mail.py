"""A digest by e-mail: everything that is due, as one plain text that can be read."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from advisord.defuse import plain
from advisord.model.advisory import Severity
from advisord.model.notice import Event, Notice, Parcel
from advisord.notifying import words
from advisord.notifying.interface import Mailer
from advisord.times import parse
from advisord.words import counted

_SEVERITIES = tuple(severity.value for severity in Severity)
_PLACES = 5


class Mail:
    """One digest for the same people. Addresses are plain ones (RFC 5321, section 4.1.2), without names."""

    most = 500

    def __init__(self, mailer: Mailer, sender: str, recipients: Sequence[str]) -> None:
        self._mailer = mailer
        self._sender = sender
        self._recipients = recipients

    def send(self, parcel: Parcel) -> str:
        """Hand the digest over."""
        return self._mailer.send(self._sender, self._recipients, message(parcel, self._sender, self._recipients))

    def check(self) -> str:
        """The server takes our name and password."""
        return self._mailer.check()


def message(parcel: Parcel, sender: str, recipients: Sequence[str]) -> bytes:
    """The whole message. The same parcel gives the same message: its id says that it is a double."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = ", ".join(recipients)
    made["Subject"] = _subject(parcel.notices)
    if moment := parse(parcel.made):
        made["Date"] = format_datetime(moment)
    made["Message-ID"] = f"<{parcel.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: no one answers that they are on leave
    made.set_content(text(parcel.notices), cte="quoted-printable")
    return made.as_bytes()


def _subject(notices: Sequence[Notice]) -> str:
    levels = [notice.severity for notice in notices if notice.severity]
    worst = f", worst {max(levels, key=_SEVERITIES.index)}" if levels else ""
    names = list(dict.fromkeys(notice.repository for notice in notices if notice.repository))
    about = f": {', '.join(plain(name, 40) for name in names[:3])}{' …' if len(names) > 3 else ''}" if names else ""
    count = counted(len(notices), "notice")
    return f"advisord: {count}{worst}{about}"


def text(notices: Sequence[Notice]) -> str:
    """The digest's text: by repository, each notice with where it is and where its issue stands."""
    parts = []
    for name in dict.fromkeys(notice.repository for notice in notices):
        mine = [notice for notice in notices if notice.repository == name]
        title = plain(name, 100) or "advisord itself"
        parts.append("\n".join((title, "=" * len(title), "", *("\n".join(_entry(notice)) for notice in mine))))
    return "\n\n".join(parts) + "\n"


def _entry(notice: Notice) -> list[str]:
    lines = [f"* {words.text(notice.words)}"]
    data = notice.data
    for place in data.get("places", ())[:_PLACES]:
        ref = f" at {place['ref']}" if place["ref"] else ""
        lines.append(f"    {place['lockfile']}{ref}: {place['version']}")
    if (more := data.get("places_total", 0) - _PLACES) > 0:
        lines.append(f"    and {more} more places")
    lines += [f"    {date['due']}{' (past)' if date['over'] else ''}" for date in data.get("deadlines", ())]
    lines += [f"    {plain(address, 300)}" for address in data.get("issues", ())]
    if notice.event is Event.GATHERED:
        lines += [f"    - {one['text']}" for one in data.get("worst", ())]
        if (more := data["count"] - len(data["worst"])) > 0:
            lines.append(f"    and {more} more")
    return [*lines, ""]
