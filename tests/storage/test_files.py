"""Picture bytes on disk."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.ports import Vault
from bot.storage.files import Disk, FileVault

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PICTURE = b"\x89PNG and so on" * 100


class ForgetfulDisk(Disk):
    """A disk that remembers what a power cut would leave: only what was brought to it."""

    def __init__(self) -> None:
        self.written: dict[int, bytes] = {}
        self.safe_bytes: dict[int, bytes] = {}
        self.safe_names: dict[Path, dict[str, int]] = {}
        self.full = False

    def write(self, path: Path, data: bytes) -> None:
        """Into memory."""
        super().write(path, data[:10] if self.full else data)
        if self.full:
            raise OSError(28, "No space left on device")
        self.written[path.stat().st_ino] = data

    def sync(self, path: Path) -> None:
        """To the disk."""
        super().sync(path)
        if path.is_dir():
            self.safe_names[path] = {each.name: each.stat().st_ino for each in path.iterdir()}
        else:
            file = path.stat().st_ino
            self.safe_bytes[file] = self.written[file]

    def rename(self, old: Path, new: Path) -> None:
        """A name for bytes that are not safe yet would be a name for anything."""
        assert old.stat().st_ino in self.safe_bytes
        super().rename(old, new)

    def after_power_cut(self, folder: Path, name: str) -> bytes | None:
        """What would be found under that name."""
        known = self.safe_names.get(folder, {})
        path = folder / name[:2]
        if path.name not in known:
            return None
        file = self.safe_names.get(path, {}).get(name)
        return None if file is None else self.safe_bytes.get(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go; not there yet."""
    return tmp_path / "pictures"


@pytest.fixture
def vault(folder: Path) -> Vault:
    """On a real disk."""
    return FileVault(folder)


async def test_what_was_put_is_got_by_its_hash(vault: Vault, folder: Path) -> None:
    """The file lies where the hash says."""
    name = await vault.put(PICTURE)

    assert name == hashlib.sha256(PICTURE).hexdigest()
    assert await vault.get(name) == PICTURE
    assert (folder / name[:2] / name).read_bytes() == PICTURE


async def test_what_was_put_survives_a_power_cut(folder: Path) -> None:
    """Bytes first, then the name, then the folder: all before the hash is answered."""
    disk = ForgetfulDisk()

    name = await FileVault(folder, disk).put(PICTURE)

    assert disk.after_power_cut(folder, name) == PICTURE
    assert folder.name in disk.safe_names[folder.parent]


async def test_every_picture_survives_not_only_the_first(folder: Path) -> None:
    """Also in folders that are there already."""
    disk = ForgetfulDisk()
    vault = FileVault(folder, disk)
    pictures = [b"picture %d" % n for n in range(300)]

    names = [await vault.put(data) for data in pictures]

    assert [disk.after_power_cut(folder, name) for name in names] == pictures


async def test_the_same_bytes_are_stored_once(vault: Vault, folder: Path) -> None:
    """However often, and at once."""
    async with asyncio.TaskGroup() as group:
        puts = [group.create_task(vault.put(PICTURE)) for _ in range(8)]

    assert len({put.result() for put in puts}) == 1
    assert len(list(folder.glob("*/*"))) == 1


async def test_a_file_that_was_there_before_is_safe_too(folder: Path) -> None:
    """Whoever wrote it may have been cut off before the last step."""
    name = await FileVault(folder).put(PICTURE)
    disk = ForgetfulDisk()
    file = (folder / name[:2] / name).stat().st_ino
    disk.safe_bytes[file] = PICTURE  # its bytes were safe before it had its name

    await FileVault(folder, disk).put(PICTURE)

    assert disk.after_power_cut(folder, name) == PICTURE


async def test_a_file_that_was_cut_short_is_written_again(vault: Vault, folder: Path) -> None:
    """A name does not prove that the bytes are there."""
    name = await vault.put(PICTURE)
    (folder / name[:2] / name).write_bytes(b"")

    await vault.put(PICTURE)

    assert await vault.get(name) == PICTURE


async def test_a_full_disk_is_told_and_leaves_nothing(folder: Path) -> None:
    """Neither a short file under the name nor one beside it."""
    disk = ForgetfulDisk()
    disk.full = True

    with pytest.raises(OSError, match="No space left"):
        await FileVault(folder, disk).put(PICTURE)

    assert list(folder.glob("*/*")) == []


async def test_what_was_dropped_is_gone(vault: Vault) -> None:
    """Dropping it again, or what never was, does nothing."""
    name = await vault.put(PICTURE)

    await vault.drop(name)
    await vault.drop(name)
    await vault.drop("0" * 64)

    with pytest.raises(FileNotFoundError):
        await vault.get(name)
    assert await vault.put(PICTURE) == name
    assert await vault.get(name) == PICTURE


async def test_a_file_is_not_dropped_under_a_job_that_has_just_put_it(vault: Vault) -> None:
    """One job was posted; another one put the same picture and has not written its row yet."""
    name = await vault.put(PICTURE)
    await vault.put(PICTURE)

    await vault.drop(name)
    assert await vault.get(name) == PICTURE

    await vault.drop(name)
    with pytest.raises(FileNotFoundError):
        await vault.get(name)


async def test_a_file_of_an_earlier_process_can_be_dropped(folder: Path) -> None:
    """What was put before a restart is let go like any other."""
    name = await FileVault(folder).put(PICTURE)
    vault = FileVault(folder)

    await vault.drop(name)

    with pytest.raises(FileNotFoundError):
        await vault.get(name)


async def test_files_that_no_row_names_are_stray_after_an_hour(folder: Path) -> None:
    """Also what a cut-off put left; not what a row names, nor what is young."""
    vault = FileVault(folder)
    named, old, young = [await vault.put(data) for data in (b"named", b"old", b"young")]
    left = f"{old}.1234abcd.part"
    (folder / old[:2] / left).write_bytes(b"half")
    for name, age in ((named, 120), (old, 61), (left, 61), (young, 59)):
        written = (NOW - timedelta(minutes=age)).timestamp()
        os.utime(folder / name[:2] / name, (written, written))

    assert await vault.stray({named}, NOW) == (old, left)

    for name in (old, left):
        await vault.drop(name)
    assert await vault.stray({named}, NOW) == ()


async def test_nothing_is_stray_where_nothing_was_put(folder: Path) -> None:
    """The folder need not be there."""
    assert await FileVault(folder).stray((), NOW) == ()


async def test_putting_again_makes_a_file_young_again(folder: Path) -> None:
    """Its row may be about to be written."""
    vault = FileVault(folder)
    name = await vault.put(PICTURE)
    file = folder / name[:2] / name
    os.utime(file, (0, 0))
    an_hour_later = datetime(1970, 1, 1, 1, 0, 1, tzinfo=UTC)
    assert await vault.stray((), an_hour_later) == (name,)

    await vault.put(PICTURE)

    assert await vault.stray((), an_hour_later) == ()
