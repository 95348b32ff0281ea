"""The folder of Markdown files."""

import os
from pathlib import Path

import pytest
from tracking import Clock

from advisord.errors import TrackerError
from advisord.model.plan import Issue, State, StateReason
from advisord.tracking import identity
from advisord.tracking.trackers.local import LocalTracker

MARKER = identity.Marker("0" * 16, "o/r", ecosystem="npm", package="x", ids=("A",))
BLOCK = f"{identity.BEGIN}\n{identity.encode(MARKER)}\nwords\n{identity.END}"


@pytest.fixture
def tracker(tmp_path: Path) -> LocalTracker:
    """A tracker with one issue."""
    made = LocalTracker("issues", str(tmp_path / "issues"), Clock())
    made.create("Tokio: a <race>", BLOCK, ("advisord",))
    return made


@pytest.fixture
def file(tracker: LocalTracker, tmp_path: Path) -> Path:
    """The file of its issue."""
    return tmp_path / "issues" / "0001-tokio-a-race.md"


def test_the_file_is_readable(file: Path) -> None:
    """Fields, then the body."""
    text = file.read_text(encoding="utf-8")
    assert text.startswith(
        "---\nnumber: 1\nkey: '0000000000000000'\ntitle: 'Tokio: a <race>'\nstate: open\nlabels:\n- advisord\n"
    )
    assert text.endswith(f"---\n\n{BLOCK}\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no fields at all", "does not begin with fields"),
        ("---\nnumber: [\n---\n", "line 3 can't be read"),
        ("---\n- a\n---\n", "not `name: value` lines"),
        ("---\nnumber: one\nstate: open\n---\n", "`number` is 'one'"),
        ("---\nnumber: 1\nstate: ajar\n---\n", "`state` is 'ajar'"),
        ("---\nnumber: 1\nstate: closed\nstate_reason: bored\n---\n", "`state_reason` is 'bored'"),
        ("---\nnumber: 1\nstate: open\ntitle: [a]\n---\n", "`title` is not a text"),
        ("---\nnumber: 1\nstate: open\nlabels: {a: b}\n---\n", "`labels` is not a list"),
        (f"---\n{'[' * 5000}\n---\n", "nested too deeply"),
    ],
)
def test_a_malformed_file_is_named_and_never_written(tracker: LocalTracker, file: Path, text: str, words: str) -> None:
    """The listing is incomplete, a write is refused, the file stays as it was."""
    file.write_text(text, encoding="utf-8")
    listing = tracker.list_issues()
    assert not listing.complete
    assert words in listing.problem
    assert file.name in listing.problem
    with pytest.raises(TrackerError):
        tracker.update("1", title="x")
    assert file.read_text(encoding="utf-8") == text


def test_bytes_that_are_no_text(tracker: LocalTracker, file: Path) -> None:
    """Neither are they an empty issue."""
    file.write_bytes(b"---\nnumber: 1\nstate: open\n---\n\xff\xfe")
    assert "not UTF-8" in tracker.list_issues().problem


def test_a_huge_file_is_not_read(tracker: LocalTracker, file: Path) -> None:
    """The limit is told."""
    file.write_bytes(b"x" * ((1 << 20) + 1))
    assert "larger than" in tracker.list_issues().problem


def test_links_are_not_followed(tracker: LocalTracker, file: Path, tmp_path: Path) -> None:
    """Neither read nor written through."""
    secret = tmp_path / "secret.md"
    secret.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    file.unlink()
    file.symlink_to(secret)
    assert not tracker.list_issues().complete
    with pytest.raises(TrackerError):
        tracker.update("1", title="through the link")
    assert "through the link" not in secret.read_text(encoding="utf-8")


def test_a_pipe_does_not_block(tracker: LocalTracker, file: Path) -> None:
    """What is no file is told."""
    file.unlink()
    os.mkfifo(file)
    assert "is not a file" in tracker.list_issues().problem


def test_people_s_notes_are_no_issues(tracker: LocalTracker, tmp_path: Path) -> None:
    """A README, a folder, a file that someone keeps there."""
    (tmp_path / "issues" / "README.md").write_text("# Our issues\n", encoding="utf-8")
    (tmp_path / "issues" / "notes.txt").write_text("x", encoding="utf-8")
    listing = tracker.list_issues()
    assert (listing.complete, len(listing.issues)) == (True, 1)


def test_a_renamed_file_is_found_by_its_number(tracker: LocalTracker, file: Path) -> None:
    """The name is for people."""
    file.rename(file.with_name("the tokio thing.md"))
    tracker.close("1", StateReason.COMPLETED)
    assert tracker.list_issues().issues[0].state is State.CLOSED


def test_a_copied_file_is_a_problem(tracker: LocalTracker, file: Path) -> None:
    """Two files with one number: which one is meant can't be known."""
    file.with_name("0002-copy.md").write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    assert "has the number 1 too" in tracker.list_issues().problem


def test_people_s_fields_words_and_style_are_kept(tracker: LocalTracker, file: Path) -> None:
    """Another editor's line ends, words for states, a list in one line, fields of their own."""
    text = f"\ufeff---\r\nnumber: 1\r\ntitle: T\r\nstate: Closed\r\nstate_reason: not planned\r\nlabels: advisord, mine\r\nassignee: mona\r\n---\r\n\r\nHello.\r\n\r\n{BLOCK}\r\n"
    file.write_bytes(text.encode())
    (issue,) = tracker.list_issues().issues
    assert (issue.state_reason, issue.labels) == (StateReason.NOT_PLANNED, ("advisord", "mine"))
    tracker.reopen("1")
    after = file.read_text(encoding="utf-8")
    assert "assignee: mona" in after
    assert "Hello.\n\n<!-- advisord:begin -->" in after
    assert "state: open" in after


def test_a_close_without_a_date_is_dated_by_the_file(tracker: LocalTracker, file: Path) -> None:
    """And the date stays when we write to the file."""
    file.write_text(file.read_text(encoding="utf-8").replace("state: open", "state: closed"), encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert tracker.list_issues().issues[0].closed_at == "2023-11-14T22:13:20Z"
    tracker.comment("1", "words", "mark")
    assert tracker.list_issues().issues[0].closed_at == "2023-11-14T22:13:20Z"


def test_a_missing_folder_says_nothing_of_its_issues(tmp_path: Path) -> None:
    """A disk that is not mounted is not a deletion."""
    tracker = LocalTracker("issues", str(tmp_path / "nowhere"), Clock())
    assert tracker.list_issues().complete
    with pytest.raises(TrackerError, match="the folder is not there"):
        tracker.get("1")


def test_an_edit_in_between_is_not_lost(tracker: LocalTracker, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changed between reading and writing is left, and tried again later."""
    chmod = os.chmod

    def edited(path: str, mode: int) -> None:
        file.write_text(file.read_text(encoding="utf-8") + "a person's words\n", encoding="utf-8")
        chmod(path, mode)

    monkeypatch.setattr(os, "chmod", edited)
    with pytest.raises(TrackerError) as caught:
        tracker.update("1", title="ours")
    assert caught.value.retryable
    assert "a person's words" in file.read_text(encoding="utf-8")
    assert [name for name in os.listdir(file.parent) if name.startswith(".advisord-")] == []


def test_nothing_is_left_when_the_disk_is_full(
    tracker: LocalTracker, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file stays whole."""
    before = file.read_text(encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrackerError, match="No space left"):
        tracker.update("1", title="ours")
    assert file.read_text(encoding="utf-8") == before


def test_the_lock_of_another_process_is_waited_for(tracker: LocalTracker) -> None:
    """Two writers get two numbers."""
    from threading import Thread

    threads = [Thread(target=tracker.create, args=(f"t{n}", BLOCK, ())) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [issue.number for issue in tracker.list_issues().issues] == [str(n) for n in range(1, 10)]
    found = tracker.get("9")
    assert isinstance(found, Issue)


def test_a_file_name_ends_behind_a_word(tmp_path: Path) -> None:
    """A long title is not cut within a word; one without words is cut."""
    from advisord.tracking.trackers.local import _slug

    assert _slug("regex: " + "repetition " * 9) == "regex-repetition-repetition-repetition-repetition"
    assert _slug("x" * 80) == "x" * 50
