"""The world outside: HTTP, git, and the working tree."""
