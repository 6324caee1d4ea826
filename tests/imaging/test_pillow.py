"""What services get: the same work, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.canvas import Canvas
from bot.core.errors import BadAnswer, BadPicture
from bot.core.fitting import Rung
from bot.core.images import Format, Size
from bot.core.ports import Imaging, Inspected, MaskShape
from bot.core.regions import parse_region
from bot.imaging.pillow import PillowImaging
from tests.imaging.pictures import noise, opened, picture, scene, written

FULL_WEBP = Rung(format=Format.WEBP, quality=92, percent=100)

CANVAS = Canvas(size=Size(192, 72), picture=Size(96, 72), left=0, top=0)


@pytest.fixture
async def imaging() -> AsyncIterator[PillowImaging]:
    """The real thing, closed in the end."""
    pillow = PillowImaging()
    yield pillow
    await pillow.close()


async def test_it_is_what_services_ask_for(imaging: PillowImaging) -> None:
    """Given the port, when its calls are made, then each gives what the port promises."""
    port: Imaging = imaging
    data = picture(Format.PNG)

    assert await port.inspect(data) == Inspected(
        format=Format.PNG, width=64, height=48, transparent=False
    )
    assert opened(await port.rewrite(data, FULL_WEBP)).format == "WEBP"
    assert opened(await port.sketch(data)).format == "JPEG"


async def test_edits_are_made_ready_through_the_same_port(imaging: PillowImaging) -> None:
    """Given the port, when an edit is made ready, then each call gives what the next one needs."""
    port: Imaging = imaging
    size = Size(96, 72)

    done = await port.prepare(written(scene(96, 72), "GIF"), max_edge=2048, max_bytes=1_000_000)
    drawn = await port.mask(written(scene(40, 30).convert("1"), "BMP"), done.size)
    boxed = await port.mask_box(parse_region("left half"), done.size)
    padded, new = await port.pad(done.data, CANVAS)

    assert (done.format, done.size) == (Format.PNG, size)
    assert [opened(each).size for each in (drawn, boxed)] == [(96, 72)] * 2
    assert [opened(each).size for each in (padded, new)] == [(192, 72)] * 2
    assert opened(await port.shape_mask(boxed, MaskShape.ALPHA)).mode == "RGBA"
    assert await port.shape_mask(boxed, MaskShape.WHITE) == boxed
    assert opened(await port.show_mask(done.data, boxed)).format == "JPEG"
    assert await port.kept(done.data, done.data, boxed)
    assert not await port.kept(done.data, written(noise(96, 72), "PNG"), boxed)


async def test_what_members_hand_in_is_refused_in_words(imaging: PillowImaging) -> None:
    """Given a page instead of a picture, when it is handed in, then a sentence is raised."""
    page = b"<html>502 Bad Gateway</html>"

    with pytest.raises(BadPicture, match="a web page, not a picture"):
        await imaging.prepare(page, max_edge=2048, max_bytes=1_000_000)
    with pytest.raises(BadPicture, match="The mask is a web page"):
        await imaging.mask(page, Size(9, 9))


async def test_large_uploads_do_not_hold_up_results(imaging: PillowImaging) -> None:
    """Given many large uploads, when a result is to be inspected, then it does not wait for all."""
    upload = written(noise(900, 900), "PNG", compress_level=1)
    async with asyncio.TaskGroup() as group:
        uploads = [
            group.create_task(imaging.prepare(upload, max_edge=2048, max_bytes=10_000_000))
            for _ in range(6)
        ]
        await imaging.inspect(picture(Format.PNG))
        assert not uploads[-1].done()


async def test_a_member_who_gave_up_leaves_the_next_one_served() -> None:
    """Given a member who gave up, when another hands in a picture, then it is taken."""
    imaging = PillowImaging()
    upload = written(noise(900, 900), "PNG", compress_level=1)
    async with asyncio.TaskGroup() as group:
        given_up = group.create_task(imaging.prepare(upload, max_edge=2048, max_bytes=10_000_000))
        await asyncio.sleep(0)
        given_up.cancel()
        done = await imaging.prepare(picture(Format.PNG, 64, 64), max_edge=99, max_bytes=99_999)

    assert done.size == Size(64, 64)
    await imaging.close()
    with pytest.raises(RuntimeError, match="closed"):
        await imaging.prepare(upload, max_edge=99, max_bytes=99_999)


async def test_what_is_no_picture_is_a_bad_answer(imaging: PillowImaging) -> None:
    """Given a page instead of a picture, when anything is asked, then it is a bad answer."""
    page = b"<html>502 Bad Gateway</html>"

    with pytest.raises(BadAnswer):
        await imaging.inspect(page)
    with pytest.raises(BadAnswer):
        await imaging.rewrite(page, FULL_WEBP)
    with pytest.raises(BadAnswer):
        await imaging.sketch(page)


async def test_a_gif_can_be_rewritten_and_then_used(imaging: PillowImaging) -> None:
    """Given a GIF, when it is refused and rewritten, then the result is taken."""
    gif = written(scene(), "GIF")
    with pytest.raises(BadAnswer):
        await imaging.inspect(gif)

    rewritten = await imaging.rewrite(gif, Rung(format=Format.PNG, quality=100, percent=100))

    assert (await imaging.inspect(rewritten)).format is Format.PNG


async def test_the_loop_goes_round_while_a_large_picture_is_encoded(
    imaging: PillowImaging,
) -> None:
    """Given 4 million pixels of noise, when they are encoded, then the loop turns all the while."""
    data = written(noise(2048, 2048), "PNG", compress_level=1)
    turns = 0
    async with asyncio.TaskGroup() as group:
        encoding = group.create_task(imaging.rewrite(data, FULL_WEBP))
        while not encoding.done():
            await asyncio.sleep(0)
            turns += 1

    # A loop that was held up by the encoder would have gone round a handful of times.
    assert turns > 100


async def test_many_pictures_at_once_all_come_out_right(imaging: PillowImaging) -> None:
    """Given more pictures than threads, when all are rewritten at once, then none is mixed up."""
    files = [picture(Format.PNG, 40 + number, 30) for number in range(12)]
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(imaging.rewrite(data, Rung(format=form, quality=90, percent=100)))
            for data in files
            for form in Format
        ]
    sizes = [opened(task.result()).size[0] for task in tasks]

    assert sizes == [40 + number for number in range(12) for _ in Format]


async def test_a_cancelled_caller_leaves_the_threads_usable(imaging: PillowImaging) -> None:
    """Given callers that gave up, when others ask, then they are served all the same."""
    data = written(noise(512, 512), "PNG")
    async with asyncio.TaskGroup() as group:
        given_up = [group.create_task(imaging.rewrite(data, FULL_WEBP)) for _ in range(6)]
        await asyncio.sleep(0)
        for task in given_up:
            task.cancel()

    assert (await imaging.inspect(data)).format is Format.PNG
