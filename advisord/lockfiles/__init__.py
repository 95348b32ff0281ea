"""Lockfile formats: one file per format, bytes in, Inventory out. `registry` knows which file name is whose."""
