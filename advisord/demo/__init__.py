"""A small world to see advisord at work in: three feeds in their real layouts, and a git repository with lockfiles."""

DATA = """\
# The demonstration's configuration. Paths are relative to this file.
[store]
path = "advisord.db"

[feeds.osv]
source = "feeds/osv"

[feeds.rustsec]
source = "feeds/rustsec"

[feeds.github]
source = "feeds/github"
"""
"""The part of its configuration that says where the data are: the database, and the feeds as `feeds.write` leaves them."""

CONFIGURATION = f"""\
{DATA}
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
