"""One process at a time: a lock on a file beside the database.

The kernel lets go of it when the process ends, however it ends. The file itself stays; removing
it would let two processes lock two files of the same name.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bot.core.errors import Misconfigured


class Lock:
    """Held from the moment it is made until `release`."""

    def __init__(self, file: int) -> None:
        self._file: int | None = file

    @classmethod
    def take(cls, database: Path, *, setting: str) -> Lock:
        """Lock the database's folder for this process, and make it if need be.

        Args:
            database: The file to guard; the lock is `<name>.lock` beside it.
            setting: The setting that chose the folder, for the sentence.

        Raises:
            Misconfigured: Somebody else has it, or the folder cannot be used.
        """
        path = database.with_name(f"{database.name}.lock")
        file = _open(path, setting)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            holder = os.pread(file, 20, 0).decode(errors="replace").strip()
            os.close(file)
            if not isinstance(problem, BlockingIOError):
                raise _unusable(path.parent, problem, setting) from problem
            who = f"another Easel (process {holder})" if holder else "another Easel"
            sentence = (
                f"{setting}: {who} is already using {database.parent}. Stop that one, or give "
                "this one a folder of its own."
            )
            raise Misconfigured((sentence,)) from problem
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        return cls(file)

    def release(self) -> None:
        """Let the next one in; safe to call twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _open(path: Path, setting: str) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise _unusable(path.parent, problem, setting) from problem


def _unusable(folder: Path, problem: OSError, setting: str) -> Misconfigured:
    sentence = (
        f"{setting}: I cannot keep files in {folder} ({problem.strerror}). Choose a folder "
        "that the user who runs Easel may write to."
    )
    return Misconfigured((sentence,))
