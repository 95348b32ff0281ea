"""Telling people: what is news, which channel hears of it, and delivering it at least once."""
