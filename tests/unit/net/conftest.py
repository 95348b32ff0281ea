"""Repositories to read."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

_AUTHOR = ("-c", "user.name=T", "-c", "user.email=t@mail.example", "-c", "commit.gpgSign=false")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty work tree with the branch main."""
    path = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)
    return path


@pytest.fixture
def commit(repository: Path) -> Callable[..., str]:
    """Writes files (None: deletes them), commits, and gives the commit's id."""

    def make(files: Mapping[str, str | None], message: str = "commit") -> str:
        git = ["git", "-C", str(repository), *_AUTHOR]
        for name, text in files.items():
            path = repository / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        names = "\0".join(files).encode()
        stage = [*git, "--literal-pathspecs", "add", "--pathspec-from-file=-", "--pathspec-file-nul"]
        subprocess.run(stage, input=names, check=True)
        subprocess.run([*git, "commit", "-q", "-m", message], check=True)
        out = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        return out.stdout.strip()

    return make
