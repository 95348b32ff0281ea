"""A small world to see advisord at work in: three feeds in their real layouts, and a git repository with lockfiles."""
