"""One SQLite file with both ends of every arrow; the only place that knows SQL.

Each module holds the statements about one thing and takes an open connection (`database.py`). Nothing here imports
sqlite-utils but `schema.py`, and that is loaded only when a database has to be made or migrated.
"""
