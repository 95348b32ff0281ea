"""Numbers in sentences."""


def counted(count: int, one: str, many: str = "") -> str:
    """`1 record`, `2,000 records`: the number with the noun that goes with it (`many` is `one` with an s if not given)."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
