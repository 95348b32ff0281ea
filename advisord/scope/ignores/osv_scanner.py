"""`osv-scanner.toml`: `[[IgnoredVulns]]` with `ignoreUntil`, and `[[PackageOverrides]]` that ignore a package."""

import tomllib

from advisord.scope.ignores.interface import Entry, Format, place, table, tables, text_of


def _read(text: str) -> list[Entry]:
    document = table(tomllib.loads(text))
    found = []
    for item in tables(document.get("IgnoredVulns")):
        advisory, reason = text_of(item.get("id")), text_of(item.get("reason"))
        if advisory:
            line, comment = place(text, f'"{advisory}"')
            prose = " ".join(part for part in (comment, reason) if part)
            expires = text_of(item.get("ignoreUntil"))[:10]
            found.append(Entry(line, advisory, reason=reason or comment, comment=prose, expires=expires))
    for item in tables(document.get("PackageOverrides")):
        name, reason = text_of(item.get("name")), text_of(item.get("reason"))
        if name and (item.get("ignore") is True or table(item.get("vulnerability")).get("ignore") is True):
            line, comment = place(text, f'"{name}"')
            found.append(
                Entry(
                    line,
                    package=name,
                    version=text_of(item.get("version")),
                    ecosystem=text_of(item.get("ecosystem")),
                    reason=reason or comment,
                    comment=" ".join(part for part in (comment, reason) if part),
                    expires=text_of(item.get("effectiveUntil"))[:10],
                )
            )
    return found


FORMAT = Format("osv-scanner", "", lambda path: path.rpartition("/")[2] == "osv-scanner.toml", _read)
