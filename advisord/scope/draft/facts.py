"""What a draft consists of."""

from typing import NamedTuple

SCHEMA = "advisord.draft/1"
KINDS = (
    "ack", "triage", "fix", "update", "disclosure", "supported", "unsupported", "in_scope", "out_of_scope",
    "severity_scheme", "contact",
)  # fmt: skip


class Fact(NamedTuple):
    """One statement of the text: `kind` of `KINDS`, a normalised `value`, and the words it was read from."""

    kind: str
    qualifier: str
    value: str
    line: int
    text: str


class Note(NamedTuple):
    """A line that seems to state something and could not be understood."""

    line: int
    text: str


class Draft(NamedTuple):
    """All that was read in one text, in the order of its lines.

    `remarks` say how the facts are meant: `regular` (tracked, but no security matter) and `binding` (whether the deadlines
    are commitments: `true` or `false`). `not_understood` is every sentence that nothing was read from.
    """

    facts: tuple[Fact, ...]
    not_understood: tuple[Note, ...]
    remarks: tuple[Fact, ...] = ()

    def document(self) -> dict[str, object]:
        """The draft as `advisord policy draft --format json` prints it."""
        return {
            "schema": SCHEMA,
            "facts": [fact._asdict() for fact in self.facts],
            "remarks": [remark._asdict() for remark in self.remarks],
            "not_understood": [note._asdict() for note in self.not_understood],
        }


def shown(text: str) -> str:
    """A text for a fact: one line, not too long."""
    plain = " ".join(text.replace("`", "").split())
    return plain if len(plain) <= 200 else plain[:199] + "…"
