"""A PostgreSQL server for one run of the tests: in a folder of its own, on a socket of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

SETTINGS = (
    # Nothing here has to outlive a power cut.
    *("fsync=off", "full_page_writes=off", "synchronous_commit=off"),
    *("listen_addresses=", "max_connections=100", "deadlock_timeout=100ms"),
)

GUARDED = "guarded"
"""The one user who needs a password."""

GUARD = """
"$1/pg_ctl" start -w -D "$2/data" -l "$2/log" -o "$3" >"$2/said" 2>&1 && echo up && read -r _
"$1/pg_ctl" stop -m immediate -D "$2/data" >>"$2/said" 2>&1
"""
"""Stops the server when our end of its input closes, however we end."""


class Server:
    """Up from the moment it is made until `close`.

    Where the tests are run by root, the server is not: it refuses to.
    """

    def __init__(self) -> None:
        programs = _programs()
        self._folder = Path(tempfile.mkdtemp(prefix="easel-pg-"))
        self._numbers = count(1)
        self._user = _server_user()
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._call(
            *(programs / "initdb", "--pgdata", self._folder / "data", "--no-sync"),
            *("--username=easel", "--auth=trust", "--encoding=UTF8", "--locale=C"),
        )
        rules = self._folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all {GUARDED} scram-sha-256\nlocal all all trust\n")
        options = " ".join((f"-k {self._folder}", *(f"-c {each}" for each in SETTINGS)))
        self._guard = subprocess.Popen(
            ["sh", "-c", GUARD, "sh", programs, self._folder, options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the tests, which stop it
            **self._as_user(),
        )
        assert self._guard.stdout is not None
        assert self._guard.stdout.readline() == "up\n", (self._folder / "said").read_text()

    def url(self, database: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql:///{database}?host={self._folder}&user=easel"

    def make(self, template: str = "template0") -> str:
        """A new database, a copy of that one; answers its name."""
        name = f"t{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def execute(self, sql: str) -> None:
        """Run SQL beside the databases of the tests."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql)

    def close(self) -> None:
        """Stop it and remove its folder."""
        self._guard.communicate()
        shutil.rmtree(self._folder)

    def _call(self, *command: Any) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", **self._as_user()
        )
        assert done.returncode == 0, done.stderr

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _programs() -> Path:
    """Where initdb and postgres are; Debian keeps them out of PATH, one folder a version."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    for folder in (*reversed(debian), *map(Path, os.get_exec_path())):
        if all((folder / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")


def _server_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
