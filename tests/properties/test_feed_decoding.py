"""Decoding a feed's record never ends in anything but an advisory or a rejection, and says nothing that can't be kept."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from advisord.feeds import github_record, osv_record
from advisord.feeds.interface import Rejected
from advisord.feeds.rustsec_text import alternatives, front
from advisord.model.advisory import Advisory
from advisord.versions.ranges import intervals

_WORDS = (
    "id aliases affected package ecosystem name ranges type events introduced fixed last_affected limit "
    "versions severity score database_specific ecosystem_specific affects functions imports symbols goos "
    "cvss informational withdrawn modified published summary details ghsa_id cve_id vulnerabilities "
    "vulnerable_version_range first_patched_version identifier identifiers value cvss_severities cvss_v3 "
    "vector_string epss percentage updated_at withdrawn_at references path"
)
_KEYS = st.sampled_from(_WORDS.split())
_TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["npm", "PyPI", "pip", "0", "1.0", ">= 1, < 2", "GIT", "SEMVER", "2026-01-01T00:00:00Z", "CVSS:3.1/AV:N"]
    ),
)
_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXTS)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=8), max_leaves=30
)
_ENTRIES = st.lists(st.dictionaries(_KEYS, _JSON, max_size=6) | _JSON, max_size=3)
_RECORDS = st.builds(
    lambda value, entries: {"id": "A", "ghsa_id": "A", **value, "affected": entries, "vulnerabilities": entries},
    st.dictionaries(_KEYS, _JSON, max_size=10),
    _ENTRIES,
)


def _kept(found: Advisory | Rejected) -> None:
    assert isinstance(found, Advisory | Rejected)
    repr(found).encode()
    if isinstance(found, Advisory):
        json.loads(found.document)
        for entry in found.affected:
            intervals(entry.ecosystem, entry)


@given(_RECORDS | _JSON)
def test_any_json(value: Any) -> None:
    """Any JSON."""
    _kept(osv_record.decode(json.dumps(value).encode(), feed="osv", name="n"))
    _kept(github_record.decode(value, feed="github", name="n"))


@given(st.binary(max_size=200))
def test_any_bytes(document: bytes) -> None:
    """Any bytes."""
    found = osv_record.decode(document, feed="osv", name="n")
    assert isinstance(found, Advisory | Rejected)
    front(document)


@given(st.text(alphabet="#-*`[]()abc:/\n \talternatives", max_size=200))
def test_any_prose(text: str) -> None:
    """Any text names crates or none."""
    assert all(name and not name.isspace() for name in alternatives(text, "own"))
