"""What went wrong with one item while the others went on: data, not a log line."""

from typing import NamedTuple

SUSPECT = "suspect-feed"
"""The code of a problem: a feed has shrunk beyond belief."""


class Problem(NamedTuple):
    """One lockfile, record, feed or repository that could not be handled as it should.

    `blocking` says that the answer as a whole can't be trusted because of it (a scan then exits with 3).
    """

    code: str
    subject: str
    message: str
    blocking: bool = True
