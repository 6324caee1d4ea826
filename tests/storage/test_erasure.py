"""What was erased cannot be read in the files either, whichever way one looks."""

from __future__ import annotations

import json
import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.delivery import Posted
from bot.core.jobs import State
from bot.storage import sqlite
from bot.storage.sqlite import SqliteStore
from bot.storage.sqlite_connection import open_writer
from tests.conformance.world import LEASE, LIMITS, NOW, draft, picture

ME = 1456074443980800123
OTHERS = range(1456074443980900000, 1456074443980900020)
SECRET = "an unmistakable prompt about a heron"
TOKEN = "a-token-that-is-mine-alone"


def traces(folder: Path) -> dict[str, int]:
    """How often each mark of the member stands in any file of the folder."""
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return {
        "prompt": everything.count(SECRET.encode()),
        "token": everything.count(TOKEN.encode()),
        "id as text": everything.count(str(ME).encode()),
        # As SQLite stores a number of that size.
        "id": everything.count(ME.to_bytes(8, "big")),
    }


NONE = {"prompt": 0, "token": 0, "id as text": 0, "id": 0}


async def live(store: SqliteStore, tmp_path: Path) -> None:
    """Many requests of many members, of which every fifth is mine, drawn and posted."""
    chance = random.Random(7)
    for number in range(100):
        mine = number % 5 == 0
        asked = draft(guild=number % 3 + 1, member=ME if mine else chance.choice(OTHERS))
        words = SECRET if mine else "somebody else's words "
        request = replace(asked.request, prompt=words * chance.randrange(1, 40))
        place = replace(asked.place, token=TOKEN if mine else "another-token")
        await store.submit(replace(asked, request=request, place=place), LIMITS, NOW)
        job = await store.claim("w", NOW, LEASE)
        assert job is not None
        await store.keep(job, [picture()], 30_000, "openai", NOW)
        delivery = await store.next_delivery(NOW, LEASE)
        assert delivery is not None
        await store.delivered(delivery, Posted(number, 2), NOW)
        if mine and number % 3 == 0:
            waiting = await store.submit(draft(guild=1, member=ME), LIMITS, NOW)
            assert await store.cancel(waiting.job.id, OTHERS[0], NOW) is State.QUEUED
    assert all(traces(tmp_path).values())


def crowd(folder: Path) -> None:
    """So many finished requests that SQLite moves rows from page to page as it makes room."""
    chance = random.Random(1)
    insert = (
        "INSERT INTO job (interaction_id, guild_id, channel_id, member_id, application_id, token, "
        "upload_limit, request, pictures, estimate, zone, accepted_at) "
        "VALUES (:n, :guild, 5, :member, 9, :token, 1, :request, 1, 1, 'UTC', :n)"
    )
    with closing(open_writer(folder / "easel.db")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for n in range(1_000_000, 1_003_000):
            mine = n % 5 == 0
            words = (SECRET if mine else "x") * chance.randrange(1, 60)
            row = {
                "n": n,
                "guild": chance.randrange(3),
                "member": ME if mine else chance.choice(OTHERS),
                "token": TOKEN if mine else "another",
                "request": json.dumps({"prompt": words, "model": "m"}),
            }
            connection.execute(insert, row)
            connection.execute(
                "UPDATE job SET state = 'failed', cost = 9 WHERE interaction_id = :n", row
            )


async def erase(store: SqliteStore) -> None:
    """All of it."""
    await store.begin_erasing(ME, NOW)
    while not (await store.erase_some(ME, NOW)).done:
        pass
    await store.scrub()


async def test_no_byte_tells_of_an_erased_member(store: SqliteStore, tmp_path: Path) -> None:
    """Given a busy database, when a member is erased, then neither file nor log has a trace."""
    await live(store, tmp_path)
    await store.close()
    crowd(tmp_path)
    await store.open()

    await erase(store)

    assert traces(tmp_path) == NONE
    assert (await store.shown(OTHERS[0], 10)).shown


async def test_what_is_too_much_at_once_is_done_by_the_next_start(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a large database, when a member is erased, then a start leaves no trace."""
    monkeypatch.setattr(sqlite, "SMALL", 0)
    await live(store, tmp_path)
    await erase(store)
    await store.close()

    await store.open()

    assert traces(tmp_path) == NONE
    assert await store.recall(sqlite.UNREAD) is None
