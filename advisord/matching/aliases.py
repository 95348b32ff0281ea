"""Alias groups: which records speak of the same vulnerability, and by which id the group is called.

The relation is `aliases` of the OSV schema (symmetric and transitive), never `related` or `upstream`.
"""

from collections.abc import Iterable, Mapping

RANK = ("RUSTSEC", "GO", "PYSEC", "GHSA", "MAL", "OSV", "CVE")
"""Databases in the order in which their ids name a group: the ecosystem's own first, the one that numbers all last."""


def rank(identifier: str) -> tuple[int, str]:
    """Sort key of ids: known databases by RANK, others between them and CVE, then by text."""
    prefix = identifier.partition("-")[0]
    if prefix == "CVE":
        return (len(RANK) + 1, identifier)
    return (RANK.index(prefix) if prefix in RANK else len(RANK), identifier)


def groups(records: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, str]:
    """Map every record id to its group's canonical id, the best ranked record id of the group.

    `records` are (record id, its names: itself and its aliases). The answer does not depend on their order.
    """
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        root = name
        while (above := parent.setdefault(root, root)) != root:
            root = above
        while parent[name] != root:
            parent[name], name = root, parent[name]
        return root

    ids = set()
    for record, names in records:
        ids.add(record)
        home = find(record)
        for name in names:
            other = find(name)
            if other != home:
                parent[other] = home
    canonical: dict[str, str] = {}
    for record in sorted(ids, key=rank):
        canonical.setdefault(find(record), record)
    return {record: canonical[find(record)] for record in ids}
