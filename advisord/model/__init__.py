"""The values that the parts of advisord hand to each other: immutable, typed, standard library only.

They are `typing.NamedTuple` and `StrEnum` because a scan is a command that people wait for: importing `dataclasses` alone
costs as much as a bare interpreter's start.
"""
