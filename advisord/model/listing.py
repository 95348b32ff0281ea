"""What a part of a feed lists: every record with its time of change, compared and stored in blocks of lines."""

from collections.abc import Iterable, Iterator, Mapping

_CUT = b"37\n"
_ONE_LINE = str.maketrans(",\n", "  ")


class Listing(Mapping[str, str]):
    """Record id → modified as listed; as text, a line `modified,record` each. Immutable.

    The text is cut into blocks behind every line that ends like `_CUT`, about one of a hundred. Where it is cut depends
    on nothing but the lines themselves: two listings that differ in some lines have all other blocks in common, wherever
    those lines stand. So a few changes among hundreds of thousands of records are found, and written, without looking
    at each record. A text without such lines is one block, which costs time and nothing else.
    """

    def __init__(self, blocks: Iterable[bytes] = ()) -> None:
        self.blocks = dict.fromkeys(blocks)
        self._records: dict[str, str] | None = None
        self._compared: tuple[Listing, tuple[set[bytes], set[bytes]]] | None = None

    @classmethod
    def of(cls, records: Mapping[str, str]) -> "Listing":
        """The listing of these records."""
        if isinstance(records, Listing):
            return records
        rows = [f"{said.translate(_ONE_LINE)},{record}" for record, said in records.items() if "\n" not in record]
        return cls.read("".join([f"{row}\n" for row in rows]).encode("utf-8", "replace"))

    @classmethod
    def read(cls, text: bytes) -> "Listing":
        """The listing that a text is, each line with its end."""
        *blocks, last = text.split(_CUT)
        return cls([*[block + _CUT for block in blocks], *([last] if last else [])])

    def beside(self, other: "Listing") -> tuple[set[bytes], set[bytes]]:
        """The lines that are not in the other listing, and those of the other that are not in this one.

        A record may be listed twice: that a line is gone does not say that its record is. The last answer is kept: the
        feed asks what to fetch, and the store what to write.
        """
        if self._compared is None or self._compared[0] is not other:
            mine = Listing(block for block in self.blocks if block not in other.blocks).lines()
            theirs = Listing(block for block in other.blocks if block not in self.blocks).lines()
            self._compared = other, (mine - theirs, theirs - mine)
        return self._compared[1]

    def lines(self) -> set[bytes]:
        """Every line, without its end."""
        lines = set(b"".join(self.blocks).split(b"\n"))
        lines.discard(b"")
        return lines

    def __getitem__(self, record: str) -> str:
        return self._all()[record]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __bool__(self) -> bool:
        return any(block.strip(b"\n") for block in self.blocks)  # one line is enough: to read all takes long

    def _all(self) -> dict[str, str]:
        if self._records is None:
            self._records = {}
            for modified, record in map(entry, filter(None, b"".join(self.blocks).split(b"\n"))):
                # Of two lines of one record the newest counts: no change is missed.
                if modified >= self._records.get(record, ""):
                    self._records[record] = modified
        return self._records


def entry(line: bytes) -> tuple[str, str]:
    """Modified and record of a line."""
    modified, _, record = line.decode("utf-8", "replace").partition(",")
    return modified, record
