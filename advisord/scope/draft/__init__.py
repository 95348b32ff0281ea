"""A SECURITY.md read by rules, offline: its facts with their lines, and a commented policy made from them."""
