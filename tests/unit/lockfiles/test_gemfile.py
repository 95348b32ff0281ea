"""Gemfiles read without running them: what is literal is known, everything else is unknown."""

import pytest

from advisord.lockfiles.gemfile import Gemfile, read


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ('gem "a"', ("default",)),
        ("gem 'a', '~> 1.0', group: :test", ("test",)),
        ("gem 'a', :group => :test", ("test",)),
        ("gem('a', groups: [:test, :ci])", ("ci", "test")),
        ("gem 'a', groups: %i[test ci]", ("ci", "test")),
        ('gem "a",\n  # why\n  group: "test"', ("test",)),
        ("group :test do\n  gem 'a'\nend", ("test",)),
        ("group(:test, :ci, optional: true) do\n  gem 'a'\nend", ("ci", "test")),
        ("group :ci do\n  if ENV['X']\n    gem 'a', group: :test\n  end\nend", ("ci", "test")),
        ("platforms :ruby do\n  gem 'a'\nend", ("default",)),
        ("group :test do\n  gem 'a'\nend\ngem 'a'", ("default", "test")),
        ("gem 'a' # group: :test", ("default",)),
        ("gem 'a' if ENV['X']", ("default",)),
    ],
)
def test_usual_forms(text: str, groups: tuple[str, ...]) -> None:
    """The groups of a gem that stands there literally."""
    assert read(text) == Gemfile({"a": groups})


@pytest.mark.parametrize(
    "text",
    [
        "gem 'a', group: GROUPS",
        "gem 'a', **options",
        "group(*GROUPS) do\n  gem 'a'\nend",
        "%w[a b].each do |name|\n  gem name\nend",
        "group :test do\n  gem 'a'",
        "gem 'a'\nend",
    ],
)
def test_what_would_have_to_run_is_unknown(text: str) -> None:
    """No guess is made for a gem whose groups are computed, or in a text whose blocks don't fit."""
    assert "a" not in read(text).groups


@pytest.mark.parametrize("text", ["eval_gemfile 'other'", "%w[a].each { |g| gem g }", "group(:test) { gem 'a' }"])
def test_code_that_may_add_gems_is_told(text: str) -> None:
    """Whoever wants to be sure that a gem is in one group only can't be."""
    assert read(f"gem 'b', group: :test\n{text}").opaque


def test_the_gemspecs_development_group() -> None:
    """`gemspec` puts the development dependencies of the gem into a group that can be named."""
    assert read("gemspec").development == "development"
    assert read("gemspec development_group: :ci").development == "ci"


def test_quotes_that_do_not_close_take_linear_time() -> None:
    """A manifest is untrusted as well."""
    read("gem '" + "\"'" * 50_000)
    read("group " + " " * 1_000_000 + "x\n" + "group :a, optional" * 100_000)
