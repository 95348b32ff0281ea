"""What every report format promises, whatever the report."""

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_parts import EMPTY, FULL, hostile

from advisord.reports.registry import FORMATS, render

REPORTS = {"empty": EMPTY, "full": FULL, "hostile": hostile()}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_the_same_report_gives_the_same_text(name: str, report: object) -> None:
    """A report is a function of its value: it ends with a line end and is the same when made again."""
    assert isinstance(report, type(EMPTY))
    text = render(name, report)
    assert text.endswith("\n")
    assert render(name, report) == text


@pytest.mark.parametrize("name", FORMATS)
def test_the_input_is_not_changed(name: str) -> None:
    """Rendering leaves the report as it was."""
    before = repr(FULL)
    render(name, FULL)
    assert repr(FULL) == before


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json"}))
@given(text=st.text(max_size=40))
def test_no_control_characters_of_others(name: str, text: str) -> None:
    """No control, bidirectional or unpaired character of other people's texts is handed on (JSON has its own escapes)."""
    out = render(name, hostile(text))
    assert [c for c in out if category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and c not in "\n\u200b"] == []


@pytest.mark.parametrize("name", ["text", "junit", "github", "gitlab", "sarif", "markdown", "html", "openvex"])
def test_an_untrusted_answer_is_never_called_clean(name: str) -> None:
    """Without findings, but with an error, no format reads like a clean bill."""
    text = render(name, EMPTY._replace(problems=FULL.problems[:1])).lower()
    assert "no known vulnerability" not in text.replace('name="no known vulnerability"', "")
    if name != "openvex":  # a VEX document has no place for what was not looked at
        assert "was last read long ago" in text
