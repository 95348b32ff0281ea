"""cargo-deny's `deny.toml`: `[advisories] ignore`, as texts or tables with `id` or `crate` and `reason`."""

import tomllib

from advisord.scope.ignores.interface import Entry, Format, place, table, text_of


def _read(text: str) -> list[Entry]:
    found = []
    ignored = table(table(tomllib.loads(text)).get("advisories")).get("ignore")
    for item in ignored if isinstance(ignored, list) else []:
        entry = item if isinstance(item, dict) else {"id": item}
        advisory, crate, reason = (text_of(entry.get(key)) for key in ("id", "crate", "reason"))
        name, _, version = crate.partition("@")
        line, comment = place(text, f'"{advisory or crate}"')
        if advisory or crate:
            prose = " ".join(part for part in (comment, reason) if part)
            found.append(Entry(line, advisory, name, version, "crates.io", reason or comment, prose))
    return found


FORMAT = Format("cargo-deny", "crates.io", lambda path: path.rpartition("/")[2] in {"deny.toml", ".deny.toml"}, _read)
