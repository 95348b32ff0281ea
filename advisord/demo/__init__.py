"""A small world to see advisord at work in: three feeds in their real layouts, and a git repository with lockfiles."""

CONFIGURATION = """\
# The demonstration's configuration. Paths are relative to this file.
[store]
path = "advisord.db"

[feeds.osv]
source = "feeds/osv"

[feeds.rustsec]
source = "feeds/rustsec"

[feeds.github]
source = "feeds/github"

[trackers.issues]
kind = "local"
folder = "issues"

[[repositories]]
name = "shop"
git = "shop"
refs = ["main", "release-1.0"]
policy = "shop/advisord-policy.toml"
tracker = "issues"
"""
"""The configuration that stands at the top of that world."""
