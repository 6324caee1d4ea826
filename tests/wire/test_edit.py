"""Editing over real sockets: files that are slow or gone, the form, and what Discord hides."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from bot.demo.pretend_api import PretendApi
from tests.dialects.openai_fields import problems_with
from tests.wire.discord_standin import APPLICATION_ID, MIB, File, Standin
from tests.wire.easel import easel, environment
from tests.wire.test_run import finished, scene

MENTION = f"<@{APPLICATION_ID}>"


def photo(colour: str = "navy") -> File:
    """A picture to edit."""
    file = io.BytesIO()
    Image.new("RGB", (640, 1024), colour).save(file, "PNG")
    return File("photo.png", file.getvalue())


async def test_a_slow_file_is_waited_for_in_private_and_the_card_is_public(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Discord is told to wait within three seconds; everybody sees the picture in the end."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        slow = await standin.fault(method="GET", route="*attachments/*", hold=True)
        asked = await standin.slash(channel, alice, "edit", prompt="make it dawn", image=photo())
        answer = await asked.acknowledged()
        assert answer.ephemeral
        await slow.release()
        message = await standin.message(channel, until=finished)

    assert not message.ephemeral
    assert answer.ms < 3000
    [request] = service.requests
    assert problems_with(request) == []


async def test_a_file_that_is_gone_is_refused_in_private(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Its link expired, or its message was deleted: one sentence, nothing charged."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        await standin.fault(method="GET", route="*attachments/*", status=404)
        asked = await standin.slash(channel, alice, "edit", prompt="make it dawn", image=photo())
        message = await asked.message()

    assert message.ephemeral
    assert "does not have this picture any more" in message.text
    assert service.requests == []


async def test_the_menu_and_its_form_edit_a_picture(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """The message comes with the interaction, whatever the bot may see otherwise."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        posted = await standin.send(channel, alice, "look", attachments=[photo()])
        menu = await standin.message_menu(posted, alice, "Edit image")
        sent = await menu.submit({"prompt": "make it winter", "others": [photo("red")]})
        message = await sent.message(until=finished)

    assert message.attachments
    [request] = service.requests
    assert [part.name for part in request.parts] == ["image[]", "image[]"]


async def test_a_hidden_picture_is_uploaded_in_the_form_that_a_button_opens(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Discord hides other people's messages that are replied to, over HTTP as well."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        posted = await standin.send(channel, alice, "look", attachments=[photo()])
        await standin.send(channel, alice, f"{MENTION} make it red", reply_to=posted)
        answer = await standin.message(channel)
        assert answer.buttons == ["Edit this picture"]
        form = await standin.click(answer, alice, "Edit this picture")
        sent = await form.submit({"prompt": "make it red", "picture": [photo()]})
        message = await sent.message(until=finished)

    assert message.attachments


async def test_a_reply_to_a_result_is_answered_and_edited_in_place(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """The bot sees its own pictures; the card is an ordinary message that becomes the picture."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="a harbour")
        original = await asked.message(until=finished)
        await standin.send(channel, alice, f"{MENTION} make the sky red", reply_to=original)
        message = await standin.message(
            channel, until=lambda each: finished(each) and "sky red" in each.text, after=original
        )

    assert message.id != original.id
    assert service.requests[1].path.endswith("/images/edits")


async def test_an_edit_that_was_waiting_is_drawn_by_the_next_process(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Its pictures were kept before it was accepted, so a kill loses none of them."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service, EASEL_SLOTS="1")
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        async with service.held():
            await standin.slash(channel, alice, "generate", prompt="first")
            await service.arrived(1)
            asked = await standin.slash(channel, alice, "edit", prompt="dawn", image=photo())
            await asked.message(until=lambda message: "In the queue" in message.text)
            await bot.kill()

    async with easel("run", settings, tmp_path):
        message = await asked.message(until=finished)

    assert message.attachments


async def test_a_file_of_25_megabytes_is_refused_before_it_is_fetched(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Discord says how large it is; nothing is downloaded and nothing charged."""
    channel, alice = await scene(standin)
    await standin.settings(attachment_size_limit=40 * MIB)
    large = File("large.png", photo().data + bytes(26 * MIB))
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        asked = await standin.slash(channel, alice, "edit", prompt="make it dawn", image=large)
        message = await asked.message()

    assert message.ephemeral
    assert "more than 25 MB, the most I can take" in message.text
    assert service.requests == []


async def test_a_channel_that_the_bot_may_not_read_any_more_is_a_clear_sentence(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """A picture was chosen, then the bot lost its access: nothing is charged."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="owls", count=2)
        original = await asked.message(until=finished)
        chosen = await standin.select(original, alice, "Choose a picture to vary or edit", ["1"])
        card = await chosen.message()
        await standin.deny(channel, "read_message_history")
        refused = await standin.click(card, alice, "Vary")
        message = await refused.message()

    assert message.ephemeral
    assert "I may not see this picture" in message.text
    assert len(service.requests) == 1
