"""What there is to know about the SQLite that Python was built with."""

from __future__ import annotations

import sqlite3

Version = tuple[int, ...]

REPAIRED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""The first versions, one a branch, in which two connections that write cannot damage the log."""


def described(version: Version = sqlite3.sqlite_version_info) -> str:
    """The version, and what it must not be used for.

    SQLite before the repaired versions can lose pages of a database in WAL mode when two
    connections write or checkpoint at the same moment. Easel has one that writes; a backup tool
    that opens the file would be the second.
    """
    name = "SQLite " + ".".join(map(str, version))
    if any(version[:2] == each[:2] and version >= each for each in REPAIRED):
        return name
    if version > max(REPAIRED):
        return name
    return f"{name}; let no other program write to the file while Easel runs"
