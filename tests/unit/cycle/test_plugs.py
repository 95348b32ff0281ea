"""What is made from the configuration: here, whose token git gets."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from organisation_fake import Organisation

from advisord.cycle.organisations import MemberSettings
from advisord.cycle.permissions import of_organisation, of_tracker
from advisord.cycle.plugs import Plugs
from advisord.errors import SettingsError
from advisord.settings import TrackerSettings
from advisord.source_settings import OrganisationSettings, RepositorySettings
from advisord.times import stamp

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@pytest.fixture
def plugs(tmp_path: Path) -> Iterator[Plugs]:
    """Over an empty folder."""
    with Plugs(str(tmp_path), now) as made:
        yield made


@pytest.fixture
def key(tmp_path: Path) -> str:
    """An app's key."""
    path = tmp_path / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(path), "2048"], check=True, capture_output=True)
    return str(path)


@pytest.fixture
def github() -> Iterator[Organisation]:
    """A GitHub on loopback where the app is installed; its tokens are valid for long."""
    hub = Organisation(lambda: stamp(now()))
    hub.expiry = "2199-01-01T00:00:00Z"
    with hub.served():
        yield hub


def given(plugs: Plugs, repository: RepositorySettings) -> str:
    """The token that git gets."""
    token = plugs.mirror(repository)._token
    return token() if token else ""


@needs_openssl
def test_an_organisation_s_repositories_share_a_token_that_reads(plugs: Plugs, key: str, github: Organisation) -> None:
    """It may read contents and nothing else; one is asked for, however many repositories there are."""
    keys = {"tracker": "t", "app": "1", "app_key_file": key, "api": github.url, "owner": "octo"}
    members = [
        MemberSettings.model_validate(
            {"name": f"octo/{name}", "git": f"https://github.example/octo/{name}.git", **keys}
        )
        for name in "abc"
    ]
    assert len({given(plugs, member) for member in members}) == 1
    assert github.wishes == [{"permissions": {"contents": "read", "metadata": "read"}}]


def test_a_token_from_the_environment(plugs: Plugs, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what the configuration names; it goes nowhere but over https; a name without a value is told."""
    monkeypatch.setenv("SHOP", "s3cret")
    keys = {"name": "shop", "tracker": "t", "token_env": "SHOP"}
    assert given(plugs, RepositorySettings.model_validate({**keys, "git": "https://git.example/x"})) == "s3cret"
    assert given(plugs, RepositorySettings.model_validate({**keys, "git": "http://git.example/x"})) == ""
    assert given(plugs, RepositorySettings.model_validate({**keys, "git": "git@git.example:x"})) == ""
    monkeypatch.delenv("SHOP")
    with pytest.raises(SettingsError, match="SHOP is empty or not set"):
        plugs.mirror(RepositorySettings.model_validate({**keys, "git": "https://git.example/x"}))


@needs_openssl
def test_what_an_app_lacks(plugs: Plugs, key: str, github: Organisation) -> None:
    """Its installation says what it was given."""
    keys = {"url": github.url, "app": "1", "app_key_file": key}
    github.add("crab")
    said = of_tracker(plugs, TrackerSettings.model_validate({"kind": "github", "repository": "octo/crab", **keys}))
    assert said == ("issues: write, metadata: read", ())
    wanted = OrganisationSettings.model_validate({"name": "octo", "kind": "github", **keys})
    lacks = of_organisation(plugs, wanted).lacks
    assert "the app's installation lacks contents: read" in lacks
