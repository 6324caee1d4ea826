"""Picture bytes in files that are named by their content.

A file has its name only once all of it is on the disk, and is announced only once its name is:
temporary file, fsync, rename, fsync of the folder. A row may then name it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import threading
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.jobs import Job
from bot.core.ports import Answer, Drawing
from bot.storage import answers

ANSWERS = "answers"
"""The folder beside the pictures where answers are announced."""

STRAY_AFTER = timedelta(hours=1)
"""Younger files may belong to a job whose row is being written."""


class Disk:
    """The few calls whose order decides what a power cut leaves behind."""

    def write(self, path: Path, data: bytes) -> None:
        """Make a new file; its bytes may be in memory only."""
        with path.open("xb") as file:
            file.write(data)

    def sync(self, path: Path) -> None:
        """Bring a file's bytes, or the names in a folder, to the disk itself."""
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its name, in place of one that had it."""
        old.replace(new)

    def make_folder(self, path: Path) -> None:
        """Make it where it is missing, with those above it."""
        path.mkdir(parents=True, exist_ok=True)


class FileVault:
    """`core.ports.Vault` in a folder: `ab/abcdef…` for what hashes to `abcdef…`.

    Two jobs may keep the same bytes at the same time. A file is therefore dropped only when as
    many have let go of it as took it in this process; what that leaves over is a stray.

    Args:
        folder: `DATA_DIR/pictures`; made when it is first needed.
        disk: How files reach it.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or Disk()
        self._guard = threading.Lock()
        self._holders: Counter[str] = Counter()
        self._made: set[Path] = set()

    async def put(self, data: bytes, sha256: str | None = None) -> str:
        """Keep the bytes so that they survive a power cut; answers their SHA-256.

        Args:
            data: What to keep.
            sha256: Their hash, where it is known already.

        Raises:
            OSError: They could not be kept: the disk is full, for one.
        """
        return await asyncio.to_thread(self._put, data, sha256)

    async def get(self, sha256: str) -> bytes:
        """The bytes.

        Raises:
            FileNotFoundError: They are not kept any more.
        """
        return await asyncio.to_thread(self._path(sha256).read_bytes)

    async def has(self, sha256: str) -> bool:
        """Whether they are kept."""
        return await asyncio.to_thread(self._path(sha256).is_file)

    async def drop(self, sha256: str) -> None:
        """Let go of them; nothing happens if they are gone, or if another job took them too."""
        await asyncio.to_thread(self._drop, sha256)

    async def stray(self, named: Collection[str], now: datetime) -> tuple[str, ...]:
        """Names, as `drop` takes them, of files that nothing will ask for.

        Args:
            named: Every hash that a row names.
            now: The time; files younger than an hour are left out.
        """
        return await asyncio.to_thread(self._stray, named, now)

    async def announce(self, job: Job, provider: str, drawing: Drawing) -> Answer:
        """Write down what is about to be put, as safely as the pictures themselves.

        Raises:
            OSError: It could not be written.
        """
        return await asyncio.to_thread(self._announce, job, provider, drawing)

    async def announced(self) -> tuple[Answer, ...]:
        """What was announced and not withdrawn; to be asked before anything is announced here."""
        return await asyncio.to_thread(self._announced)

    async def withdraw(self, answer: Answer) -> None:
        """Forget what was announced."""
        path = answers.path_of(self._folder / ANSWERS, answer)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _put(self, data: bytes, sha256: str | None) -> str:
        name = sha256 or hashlib.sha256(data).hexdigest()
        path = self._path(name)
        with self._guard:
            self._holders[name] += 1
        try:
            self._make(path.parent)
            if path.is_file() and path.stat().st_size == len(data):
                # Whoever wrote it may not have come as far as the last step.
                os.utime(path)
                self._disk.sync(path.parent)
            else:
                self._write(path, data)
        except BaseException:
            with self._guard:
                self._holders[name] -= 1
            raise
        return name

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            self._disk.write(temporary, data)
            self._disk.sync(temporary)
            self._disk.rename(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._disk.sync(path.parent)

    def _announce(self, job: Job, provider: str, drawing: Drawing) -> Answer:
        answer = answers.of(job, provider, drawing)
        path = answers.path_of(self._folder / ANSWERS, answer)
        self._make(path.parent)
        self._write(path, answers.written(answer))
        return answer

    def _announced(self) -> tuple[Answer, ...]:
        folder = self._folder / ANSWERS
        for path in folder.glob("*.part"):
            path.unlink(missing_ok=True)
        return answers.read_all(folder)

    def _make(self, folder: Path) -> None:
        # A folder's own name has to be on the disk too. Another process, or thread, that made it
        # may have been cut off before that.
        if folder in self._made:
            return
        self._disk.make_folder(folder)
        self._disk.sync(self._folder)
        self._disk.sync(self._folder.parent)
        self._made.add(folder)

    def _drop(self, name: str) -> None:
        with self._guard:
            self._holders[name] -= 1
            if self._holders[name] > 0:
                return
            del self._holders[name]
            self._path(name).unlink(missing_ok=True)

    def _stray(self, named: Collection[str], now: datetime) -> tuple[str, ...]:
        oldest = now - STRAY_AFTER
        announced = answers.read_all(self._folder / ANSWERS)
        coming = {name for answer in announced for name in answer.pictures}
        files = {name for name, written in self._files() if written < oldest}
        return tuple(sorted(files - coming.union(named)))

    def _files(self) -> Iterator[tuple[str, datetime]]:
        for path in self._folder.glob("??/*"):
            try:
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:  # dropped meanwhile
                continue
