"""pip-audit in workflow files: `--ignore-vuln ID`, and the action's `ignore-vulns` list, as far as they can be read."""

import re

from advisord.scope.ignores.interface import Entry, Format, place

_OPTION = re.compile(r"--ignore-vuln[=\s]+[\"']?([A-Za-z]+-[\w-]+)")
_INPUT = re.compile(r"^(\s*)ignore-vulns:\s*(.*)$")
_ID = re.compile(r"\b(?:GHSA|PYSEC|CVE|OSV|MAL)-[\w-]+")


def _read(text: str) -> list[Entry]:
    found = []
    indent = -1
    for number, source in enumerate(text.splitlines(), 1):
        code = "" if source.lstrip().startswith("#") else source
        ids = _OPTION.findall(code)
        start = _INPUT.match(code)
        depth = len(source) - len(source.lstrip())
        if start:
            indent = len(start[1])
            ids += _ID.findall(start[2].partition("#")[0])
        elif indent >= 0 and code.strip():
            if depth > indent:
                ids += _ID.findall(code.partition("#")[0])
            else:
                indent = -1
        for advisory in ids:
            _line, comment = place(text, advisory, number)
            found.append(Entry(number, advisory, ecosystem="PyPI", reason=comment, comment=comment))
    return found


def _matches(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    if name in {".gitlab-ci.yml", "noxfile.py", "tox.ini", ".pre-commit-config.yaml", "Makefile"}:
        return True
    return folder.endswith(".github/workflows") and name.endswith((".yml", ".yaml"))


FORMAT = Format("pip-audit", "PyPI", _matches, _read)
