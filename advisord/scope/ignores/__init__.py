"""Ignore files of other tools, read as accepted risks with their origin: one file per format, `registry` knows them all."""
