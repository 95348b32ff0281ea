"""A GitHub with an organisation in it: its list of repositories, and the issues of each."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from github_fake import Account, Data, GitHub
from openapi import Description


class Organisation(GitHub):
    """The organisation `owner`; `repositories` are what its list says of each, `each` are their issues by their ids."""

    def __init__(self, now: Callable[[], str], description: Description | None = None, owner: str = "octo") -> None:
        super().__init__(now, description, f"{owner}/none")
        self.owner = owner
        self.repositories: list[Data] = []
        self.each: dict[int, GitHub] = {}
        self.git = "https://github.example"

    def add(self, name: str, **more: Any) -> Data:
        """A new repository."""
        number = 100 + len(self.each)
        full = f"{self.owner}/{name}"
        told = {"id": number, "name": name, "full_name": full, "private": False, "fork": False, "archived": False,
                "disabled": False, "visibility": "public", "clone_url": f"{self.git}/{full}.git",
                "html_url": f"{self.git}/{full}", "ssh_url": f"git@github.example:{full}.git", **more}  # fmt: skip
        if self._description:
            told = self._description.sample("minimal-repository", **told)
        self.repositories.append(told)
        self.each[number] = GitHub(self._now, self._description, full)
        return told

    def rename(self, number: int, name: str) -> None:
        """Give a repository another name; GitHub goes on to answer to the old one."""
        full = f"{self.owner}/{name}"
        (told,) = [one for one in self.repositories if one["id"] == number]
        told.update(name=name, full_name=full, clone_url=f"{self.git}/{full}.git", html_url=f"{self.git}/{full}")
        self.each[number].repository = full

    def _work(
        self, method: str, target: str, headers: Mapping[str, str], data: Any
    ) -> tuple[int, Mapping[str, str], Any]:
        path = urlsplit(target).path
        query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
        lower = {name.lower(): value for name, value in headers.items()}
        account: Account | None = self.tokens.get(lower.get("authorization", "").removeprefix("Bearer "))
        if path == f"/orgs/{self.owner}/repos" and account:
            return self._paged(self.repositories, query, target)
        if path == "/installation/repositories" and account:
            status, more, shown = self._paged(self.repositories, query, target)
            if self._description:
                shown = [self._description.sample("repository", **one) for one in shown]
            return status, more, {"total_count": len(self.repositories), "repositories": shown}
        for one in self.each.values():
            if path == f"/repos/{one.repository}" or path.startswith(f"/repos/{one.repository}/"):
                one.tokens, one.url = self.tokens, self.url
                return one._work(method, target, headers, data)
        return super()._work(method, target, headers, data)
