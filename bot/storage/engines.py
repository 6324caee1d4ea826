"""The databases to choose from, each with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.core.errors import Misconfigured
from bot.core.ports import Clock, Vault
from bot.core.stores import Store
from bot.storage import migrate
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore

Migrations = Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A database that nobody has opened yet.

    Attributes:
        store: All that is stored; open it before the vault is used, too.
        vault: Picture bytes that wait to be posted, or to be drawn from.
        pending: The names of the migrations that it needs; changes nothing.
        upgrade: Applies them; answers their names.
    """

    store: Store
    vault: Vault
    pending: Migrations
    upgrade: Migrations


def sqlite(database: Path, pictures: Path, *, setting: str) -> Storage:
    """One file, and a folder of pictures, for one process.

    Args:
        database: The file.
        pictures: The folder.
        setting: The setting that chose the file, for sentences.
    """
    return Storage(
        store=SqliteStore(database, setting=setting),
        vault=FileVault(pictures),
        pending=partial(migrate.pending, database, setting=setting),
        upgrade=partial(migrate.apply, database, setting=setting),
    )


def postgres(url: str, clock: Clock, *, setting: str) -> Storage:
    """A server for as many processes as like; it has the pictures, too.

    Args:
        url: Its address.
        clock: The time.
        setting: The setting that chose it, for sentences.

    Raises:
        Misconfigured: The driver is not installed.
    """
    try:
        from bot.storage import postgres_migrate  # noqa: PLC0415 -- its packages are an extra
        from bot.storage.blobs import BlobVault  # noqa: PLC0415
        from bot.storage.postgres import PostgresStore  # noqa: PLC0415
        from bot.storage.postgres_pool import Pool  # noqa: PLC0415
    except ImportError as lacking:
        sentence = (
            f"{setting}: PostgreSQL needs psycopg, which is not installed ({lacking.msg}). Use "
            "`make postgres`, or pip install 'easel[postgres]'."
        )
        raise Misconfigured((sentence,)) from lacking
    pool = Pool(url, setting=setting)
    return Storage(
        store=PostgresStore(pool),
        vault=BlobVault(pool, clock),
        pending=partial(postgres_migrate.pending, url, setting=setting),
        upgrade=partial(postgres_migrate.apply, url, setting=setting),
    )
