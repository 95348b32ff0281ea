"""The user's own texts: what they can do, what they can't, and what happens when they fail."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tracking import Desk, decision, finding, place

from advisord.model.advisory import Severity
from advisord.tracking import identity
from advisord.tracking.inputs import Settings
from advisord.tracking.templates import Templates

NASTY = "@org fixes #1 <img src=x> --> [a](http://x) ![b](c) \u202e"


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Templates]:
    """Templates of a folder with these files; `_` in a name is its dot."""

    def make(**files: str) -> Templates:
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return Templates(str(tmp_path))

    return make


def desk_of(texts: Templates) -> Desk:
    """A desk that writes with them, with one finding's issue."""
    desk = Desk(Settings(texts=texts))
    desk.run((finding(summary=NASTY, places=(place(), place(ref="v1"))), decision()))
    return desk


def test_title_body_and_comment(made: Callable[..., Templates]) -> None:
    """Loops, conditions, our sections; our marker and border lines are there, and planning again is empty."""
    texts = made(
        title_txt="[{{ severity | upper }}] {{ package }}",
        body_md="{% for p in places %}\n- {{ code(p.lockfile) }} on {{ code(p.branch) }}: {{ p.fixed or 'no fix' }}\n"
        "{% endfor %}\n{% if exploited %}Exploited!{% endif %}\n{{ sections.sources }}\n{{ link(id) }}\n",
        comment_md="Dear team,\n\n{{ built_in }}\n\nYours",
    )
    desk = desk_of(texts)
    issue = desk.tracker.issues["1"]
    assert issue.title == "[HIGH] tokio"
    assert "- `Cargo.lock` on `main`: 1.0.1\n- `Cargo.lock` on `v1`: 1.0.1\n" in issue.body
    assert "| Advisory | Feed |" in issue.body
    assert "Exploited" not in issue.body
    assert identity.read(issue.body) is not None
    desk.run((finding(severity=Severity.CRITICAL), decision()))
    said = desk.tracker.comments["1"][0]
    assert said.startswith("Dear team,\n\n- The severity is now **critical**")
    assert identity.comment_marker(said)
    assert desk.tracker.issues["1"].title == "[CRITICAL] tokio"
    assert texts.problems == []


def test_foreign_text_does_nothing(made: Callable[..., Templates]) -> None:
    """However a template prints it."""
    desk = desk_of(
        made(body_md="{{ summary }} {{ summary | lower }} {{ '' ~ summary }} {{ sections.headline ~ summary }}")
    )
    body = identity.block_of(desk.tracker.issues["1"].body).partition("-->\n")[2].partition("-->\n")[2]
    for live in ("@org", "#1", "<img", "http://x", "\u202e"):
        assert live not in body.partition("<!--")[0]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("ok\n{% if %}", 2, "Expected an expression"),
        ("ok\n\n{{ nothing_of_that_name }}", 3, "is undefined"),
        ("{{ package.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ places.append(1) }}", 1, ""),
        ("{{ package | random }}", 1, "No filter named 'random'"),
        ("{{ 1 / 0 }}", 1, "division"),
        ("{% for a in range(10**9) %}{% endfor %}", 1, "Range"),
        ("x\n<!-- advisord:begin -->", 0, "a line of ours"),
        ("{{ 'x' * 200000 }}{% for i in range(3000) %}{{ summary }}{% endfor %}", 0, "100,000 characters"),
    ],
)
def test_a_template_that_fails(made: Callable[..., Templates], text: str, line: int, said: str) -> None:
    """The built-in text is used, and file and line are told, once."""
    texts = made(body_md=text)
    desk = desk_of(texts)
    assert "### What to do" in desk.tracker.issues["1"].body
    (problem,) = texts.problems
    assert problem.subject.endswith("body.md")
    assert not problem.blocking
    assert problem.message.startswith(f"the built-in text is used: {f'line {line}: ' if line else ''}")
    assert said in problem.message


def test_a_folder_without_templates(tmp_path: Path) -> None:
    """Told, and the built-in text is used."""
    assert "there is none of" in Templates(str(tmp_path)).problems[0].message


def test_without_jinja(made: Callable[..., Templates], monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    assert "advisord[templates]" in made(title_txt="x").problems[0].message
