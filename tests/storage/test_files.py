"""Picture bytes on disk: what is special about files."""

from __future__ import annotations

import asyncio
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


async def test_the_same_bytes_are_one_file_that_its_hash_leads_to(
    vault: Vault, folder: Path
) -> None:
    """However often they are put, and at once."""
    async with asyncio.TaskGroup() as group:
        puts = [group.create_task(vault.put(PICTURE)) for _ in range(8)]

    [name] = {put.result() for put in puts}
    assert list(folder.glob("*/*")) == [folder / name[:2] / name]
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


async def test_what_a_cut_off_put_left_is_stray_after_an_hour(folder: Path) -> None:
    """Nothing will ever ask for it."""
    vault = FileVault(folder)
    name = await vault.put(PICTURE)
    left = f"{name}.1234abcd.part"
    (folder / name[:2] / left).write_bytes(b"half")
    written = (NOW - timedelta(minutes=61)).timestamp()
    os.utime(folder / name[:2] / left, (written, written))

    assert await vault.stray({name}, NOW) == (left,)

    await vault.drop(left)
    assert await vault.stray({name}, NOW) == ()
