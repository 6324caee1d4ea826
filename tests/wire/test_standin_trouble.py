"""Trouble in the Discord stand-in, as a real discord.py client and plain HTTP meet it."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.wire.discord_standin import StandinError
from tests.wire.discord_standin.specimen import Asked, Specimen, attached, running

if TYPE_CHECKING:
    from tests.wire.discord_standin.studio import Studio

pytest_plugins = ["tests.wire.discord_standin.studio"]

MESSAGES = "/channels/*/messages"
ORIGINAL = "/webhooks/*/messages/@original"


async def test_the_gateway_speaks_as_discord_py_asks(studio: Studio, bot: Specimen) -> None:
    """Given a real client, when it connects, then its compression is what it is served."""
    connected = await studio.standin.event("CONNECTED")

    query = connected.data["data"]["query"]
    assert (query["v"], query["encoding"]) == ("10", "json")
    # The second where a library for it is installed; Python 3.14 brings one.
    assert query["compress"] in {"zlib-stream", "zstd-stream"}


async def test_a_gateway_that_falls_silent_is_left(studio: Studio) -> None:
    """Given heartbeats without an answer, when its patience ends, then the bot reconnects."""
    await studio.standin.settings(heartbeat_answered=False)
    async with running(Specimen(patience_s=0.5), studio.standin):
        left = await studio.standin.event("DISCONNECTED")
        await studio.standin.settings(heartbeat_answered=True)
        await studio.standin.event("RESUMED")

        assert left.data["data"]["code"] == 4000
        assert (await studio.standin.event("HEARTBEAT")).direction == "in"
        assert (await (await studio.draw()).message()).text == "drawn"


async def test_what_was_missed_is_replayed_on_resume(studio: Studio, bot: Specimen) -> None:
    """Given a bot told to reconnect, when it comes back, then it gets what it missed, in order."""
    away = await studio.standin.fault(route="/gw/", hold=True)
    await studio.standin.reconnect()
    await away.struck()
    asked = [await studio.draw() for _ in range(3)]
    await away.release()
    for each in asked:
        await each.message()
    events = [each.event for each in await studio.standin.entries("gateway")]

    assert events.count("IDENTIFY") == 1
    assert events.count("INTERACTION_CREATE (again)") == 3
    assert "RESUMED" in events


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_begun_anew(
    studio: Studio, bot: Specimen, resumable: bool
) -> None:
    """Given an invalidated session, when the bot returns, then it resumes or identifies."""
    await studio.standin.invalidate(resumable=resumable)
    await studio.standin.event("RESUMED" if resumable else "READY", 1 if resumable else 2)

    assert (await (await studio.draw()).message()).text == "drawn"


async def test_a_cut_gateway_is_resumed(studio: Studio, bot: Specimen) -> None:
    """Given a broken connection, when the bot notices, then it resumes by itself."""
    await studio.standin.cut_gateway()
    await studio.standin.event("RESUMED")

    assert (await (await studio.draw()).message()).text == "drawn"


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_rate_limit_is_waited_out(studio: Studio, bot: Specimen, everywhere: bool) -> None:
    """Given a 429 with Retry-After, when the bot posts, then it waits and then succeeds."""
    channel = bot.get_partial_messageable(int(studio.gallery.id))
    limit: dict[str, object] = {"after": 0.2, "global_": everywhere}
    await studio.standin.fault(route="/channels/*/messages", rate_limit=limit)
    await channel.send("patient")
    first, second = await studio.standin.requests("POST", "/channels/*/messages")

    assert (first.status, second.status) == (429, 200)
    assert second.began - first.began >= 0.2


async def test_a_route_says_what_is_left_of_it(studio: Studio) -> None:
    """Given two requests a window, when a third comes, then this channel is closed, no other."""
    standin = studio.standin
    other = await standin.channel(studio.guild, "other")
    await standin.settings(bucket_limit=2, bucket_s=300)
    first = await studio.headers("POST", studio.gallery)
    second = await studio.headers("POST", studio.gallery)
    third = await studio.headers("POST", studio.gallery)

    assert [each["X-RateLimit-Remaining"] for each in (first, second, third)] == ["1", "0", "0"]
    assert first["X-RateLimit-Bucket"] == third["X-RateLimit-Bucket"]
    assert (third["Status"], third["X-RateLimit-Scope"]) == ("429", "user")
    assert 0 < float(third["X-RateLimit-Reset-After"]) <= int(third["Retry-After"]) <= 300
    assert (await studio.headers("POST", other))["Status"] == "200"
    await standin.advance(300)
    assert (await studio.headers("POST", studio.gallery))["Status"] == "200"


async def test_a_client_that_reads_what_is_left_is_never_refused(
    studio: Studio, bot: Specimen
) -> None:
    """Given two requests a window, when six are made at once, then they come in their time."""
    await studio.standin.settings(bucket_limit=2, bucket_s=0.15)
    channel = bot.get_partial_messageable(int(studio.gallery.id))
    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(channel.send(str(number)))
    answers = await studio.standin.requests("POST", MESSAGES)

    assert [each.status for each in answers] == [200] * 6
    assert answers[-1].began - answers[0].began >= 0.3


async def test_a_global_limit_closes_all_but_interactions(studio: Studio) -> None:
    """Given a global limit, when anything else is asked for, then it is refused as well."""
    limit: dict[str, object] = {"after": 300, "global_": True}
    await studio.standin.fault(route=MESSAGES, rate_limit=limit)
    struck = await studio.headers("POST", studio.gallery)
    _, elsewhere = await studio.rest("GET", "/users/@me")
    status, _ = await studio.rest("GET", "/webhooks/1/none/messages/@original")

    assert (struck["Status"], struck["X-RateLimit-Global"]) == ("429", "true")
    assert struck["X-RateLimit-Scope"] == "global"
    assert elsewhere["global"] is True
    assert 0 < elsewhere["retry_after"] <= 300
    assert status == 404


async def test_trouble_comes_on_demand(studio: Studio, bot: Specimen) -> None:
    """Given a 503 on editing, when the bot edits, then it fails once, and the next one works."""
    await studio.standin.fault(method="PATCH", route=ORIGINAL, status=502)
    asked = await studio.draw()
    edited = await studio.standin.request("PATCH", ORIGINAL, times=2)

    assert edited.status == 200
    assert (await asked.message()).text == "drawn"


async def test_slow_and_cut_connections_come_on_demand(studio: Studio, bot: Specimen) -> None:
    """Given a slow answer and a cut one, when the bot edits, then it feels just that."""
    failed = asyncio.Queue[str]()

    async def post(asked: Asked) -> None:
        await asked.response.defer()
        await asked.edit_original_response(content="slowly")
        try:
            await asked.edit_original_response(attachments=[attached()])
        except (aiohttp.ClientError, OSError) as cut:
            await failed.put(type(cut).__name__)

    bot.script = post
    await studio.standin.fault(method="PATCH", route=ORIGINAL, delay_s=0.1)
    await studio.standin.fault(method="PATCH", route=ORIGINAL, cut=True)
    asked = await studio.draw()
    assert await failed.get()
    slow, cut = await studio.standin.requests("PATCH", ORIGINAL)

    assert slow.ms >= 100
    assert (cut.outcome, cut.status) == ("cut", 0)
    assert ((await asked.message()).text, (await asked.message()).attachments) == ("slowly", [])


async def test_files_go_with_their_listing_and_with_their_message(studio: Studio) -> None:
    """Given an upload, when its listing does not fit or its message goes, so does the file."""
    route = f"/channels/{studio.gallery.id}/messages"

    async def upload(listing: str) -> int:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", listing)
        form.add_field("files[0]", io.BytesIO(b"bytes"), filename="a.bin")
        return (await studio.rest("POST", route, data=form))[0]

    assert await upload('{"attachments": [{"id": 1, "filename": "a.bin"}]}') == 400
    assert len(await studio.standin.violations(forgive=True)) == 2
    assert await upload('{"attachments": [{"id": 0, "description": "Noise"}]}') == 200
    [posted] = await studio.standin.messages(studio.gallery)
    [file] = posted.attachments
    assert (file.description, await studio.standin.download(file)) == ("Noise", b"bytes")
    await studio.standin.delete_message(posted)
    with pytest.raises(StandinError, match="404"):
        await studio.standin.download(file)


async def test_whoever_shares_no_server_with_the_bot_hears_nothing_of_it(studio: Studio) -> None:
    """Given a bot that was thrown out, when it writes to a member, then it is refused (50278)."""
    private = await studio.standin.direct_channel(studio.alice)
    assert (await studio.headers("POST", private))["Status"] == "200"
    await studio.standin.remove_bot(studio.guild)
    _, refused = await studio.rest(
        "POST", f"/channels/{private.id}/messages", json={"content": "?"}
    )

    assert refused["code"] == 50278


async def test_a_killed_bot_process_is_replaced(studio: Studio, tmp_path: Path) -> None:
    """Given a bot killed before it posted, when it is started again, then it works as before."""
    standin = studio.standin
    command = [sys.executable, "-m", "tests.wire.discord_standin.specimen", standin.token]
    addresses = (standin.api_url, standin.gateway_url)
    root = Path(__file__).parents[2]
    held = await standin.fault(method="PATCH", route=ORIGINAL, hold=True)
    first = await asyncio.create_subprocess_exec(*command, *addresses, cwd=root)
    await standin.ready()
    lost = await studio.draw()
    await held.struck()
    first.kill()
    await first.wait()
    await held.release()
    second = await asyncio.create_subprocess_exec(*command, *addresses, cwd=root)
    await standin.ready(times=2)
    drawn = await (await studio.draw()).message()
    second.kill()
    await second.wait()

    assert drawn.text == "drawn"
    # Discord had the whole edit before the bot died, and went on with it.
    assert (await lost.message()).text == "drawn"
