"""cargo-audit's `.cargo/audit.toml`: `[advisories] ignore`, ids only; the reason is in comments."""

import tomllib

from advisord.scope.ignores.interface import Entry, Format, place, table, text_of


def _read(text: str) -> list[Entry]:
    found = []
    ignored = table(table(tomllib.loads(text)).get("advisories")).get("ignore")
    for item in ignored if isinstance(ignored, list) else []:
        advisory = text_of(item)
        if advisory:
            line, comment = place(text, f'"{advisory}"')
            found.append(Entry(line, advisory, ecosystem="crates.io", reason=comment, comment=comment))
    return found


FORMAT = Format(
    "cargo-audit", "crates.io", lambda path: path.endswith(".cargo/audit.toml") or path == "audit.toml", _read
)
