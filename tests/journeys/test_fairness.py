"""Nobody starves, nobody gets more than their share, and the books agree."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from bot.core import events
from tests.journeys.studio import open_studio


async def test_fifty_members_at_once_get_exactly_the_twenty_pictures_of_the_quota(
    tmp_path: Path,
) -> None:
    """Twenty are drawn, thirty are refused privately, and nothing is left reserved."""
    folder = tmp_path / "data"
    async with open_studio(folder, member_slots=4) as studio:
        await studio.world.mia.slash(
            studio.gallery, "quota set", who="server", period="day", pictures=20
        )
        guild = studio.world.guild
        members = [guild.add_member(studio.env.create_user(f"m{n}")) for n in range(50)]

        answers = [await studio.generate(member, f"picture {member.name}") for member in members]
        await studio.happenings.seen(events.Delivered, 20)

        refused = [a for a in answers if a.response is not None and a.response.ephemeral]
        assert len(refused) == 30
        assert len(studio.service.requests) == 20
        assert len(studio.happenings.of(events.Drawn)) == 20

    books = sqlite3.connect(folder / "easel.db")
    try:
        check_books(books, pictures=20, micro=studio.service.billed_microdollars)
    finally:
        books.close()


def check_books(books: sqlite3.Connection, *, pictures: int, micro: int) -> None:
    """Every counter agrees with the ledger and with what the service billed."""
    charged = books.execute(
        "SELECT sum(pictures), sum(micro) FROM ledger WHERE kind = 'charge'"
    ).fetchone()
    assert charged == (pictures, micro)
    open_reservations = books.execute(
        "SELECT sum(CASE kind WHEN 'reserve' THEN pictures ELSE -pictures END)"
        " FROM ledger WHERE kind IN ('reserve', 'release')"
    ).fetchone()
    assert open_reservations == (0,)
    for row in books.execute(
        "SELECT used_pictures, used_micro, reserved_pictures, reserved_micro FROM quota_counter"
        " WHERE account IN ('server', 'operator')"
    ):
        assert row == (pictures, micro, 0, 0)


async def test_a_quiet_server_starts_next_behind_a_server_with_two_hundred_waiting(
    tmp_path: Path,
) -> None:
    """The other server's request is drawn as soon as one slot is free."""
    async with open_studio(
        tmp_path / "data", slots=1, server_slots=1, member_slots=1, member_queue=300
    ) as studio:
        other = studio.env.create_guild("Quiet")
        corner = other.create_text_channel("corner")
        carol = other.add_member(studio.env.create_user("carol"))
        async with studio.service.held():
            for number in range(201):
                await studio.generate(studio.world.alice, f"many {number}")
            await studio.service.arrived(1)

            await carol.slash(corner, "generate", prompt="only one")

        started = await studio.happenings.seen(events.Started, 2)
        assert started[1].guild_id == other.id
        studio.app.work.drain()
        await asyncio.wait_for(studio.app.lifecycle.join("work"), 10)
