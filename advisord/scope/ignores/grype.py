"""Grype's `.grype.yaml`: `ignore`, by `vulnerability`, by `package`, or both."""

import yaml

from advisord.scope.ignores.interface import Entry, Format, place, table, tables, text_of


def _read(text: str) -> list[Entry]:
    found = []
    for item in tables(table(yaml.safe_load(text)).get("ignore")):
        advisory, reason = text_of(item.get("vulnerability")), text_of(item.get("reason"))
        package = table(item.get("package"))
        name = text_of(package.get("name"))
        if advisory or name:
            line, comment = place(text, advisory or name)
            prose = " ".join(part for part in (comment, reason) if part)
            version, path = text_of(package.get("version")), text_of(package.get("location"))
            found.append(Entry(line, advisory, name, version, "", reason or comment, prose, "", path))
    return found


_NAMES = {".grype.yaml", ".grype.yml", "grype.yaml", "grype.yml"}
FORMAT = Format(
    "grype", "", lambda path: path.rpartition("/")[2] in _NAMES or path.endswith(".grype/config.yaml"), _read
)
