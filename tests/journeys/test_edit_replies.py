"""A member replies to a picture and mentions the bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.pictures import (
    BOAT,
    HARBOUR,
    mention,
    outcome,
)
from tests.journeys.studio import Studio, hold_studio, said, texts


async def test_a_reply_to_a_result_edits_it(studio: Studio) -> None:
    """`@Easel make the sky red` under a picture of ours."""
    original = await studio.draw(studio.world.alice, "a harbour")

    await studio.world.bob.send(
        studio.gallery, mention(studio, "make the sky red"), reply_to=original
    )
    result = await outcome(studio, studio.gallery, 2)

    assert "make the sky red" in texts(result)
    assert "made from [this]" in texts(result)
    assert studio.service.requests[1].path.endswith("/images/edits")


async def test_pictures_attached_to_the_reply_are_references(studio: Studio) -> None:
    """The picture replied to comes first."""
    original = await studio.draw(studio.world.alice, "a harbour")

    await studio.world.bob.send(
        studio.gallery, mention(studio, "add this boat"), reply_to=original, attachments=[BOAT]
    )
    await outcome(studio, studio.gallery, 2)

    assert len(studio.service.requests[1].parts) == 2


async def test_a_mention_with_a_picture_edits_it(studio: Studio) -> None:
    """No reply is needed where the picture comes along."""
    await studio.world.bob.send(
        studio.gallery, mention(studio, "make it night"), attachments=[HARBOUR]
    )

    result = await outcome(studio, studio.gallery)

    assert result.attachments


async def test_a_hidden_picture_is_answered_with_a_button_that_opens_the_form(
    studio: Studio,
) -> None:
    """Discord does not show other people's messages that are replied to."""
    message = await studio.world.alice.send(studio.gallery, "mine", attachments=[HARBOUR])

    await studio.world.bob.send(studio.gallery, mention(studio, "make it night"), reply_to=message)
    answer = studio.gallery.last_message
    assert "does not show me the message" in texts(answer)
    assert answer is not None

    refused = await studio.world.alice.click(answer, label="Edit this picture")
    assert "Only the person who replied" in said(refused)
    form = await studio.world.bob.click(answer, label="Edit this picture")
    assert form.modal is not None
    await studio.world.bob.submit_modal(form, {"prompt": "make it night"})
    result = await outcome(studio, studio.gallery)

    assert result.attachments


async def test_with_the_intent_a_reply_to_anybodys_picture_edits_it(tmp_path: Path) -> None:
    """EASEL_MESSAGE_CONTENT=true shows the bot what is replied to."""
    async with hold_studio(tmp_path / "data", message_content=True) as studio:
        message = await studio.world.alice.send(studio.gallery, "mine", attachments=[HARBOUR])
        await studio.world.bob.send(
            studio.gallery, mention(studio, "make it night"), reply_to=message
        )

        result = await outcome(studio, studio.gallery)

        assert result.attachments


@pytest.mark.parametrize(
    ("words", "replies", "sentence"),
    [
        ("", True, "Say what should be different"),
        ("make it red", False, "Reply to a picture and mention me"),
    ],
)
async def test_a_mention_that_lacks_something_gets_a_helpful_sentence(
    studio: Studio, words: str, replies: bool, sentence: str
) -> None:
    """Without words, or without a picture."""
    original = await studio.draw(studio.world.alice, "a harbour") if replies else None

    await studio.world.bob.send(studio.gallery, mention(studio, words), reply_to=original)

    assert sentence in texts(studio.gallery.last_message)
    assert len(studio.service.requests) == int(replies)


async def test_a_reply_to_several_pictures_keeps_its_words_and_pictures(studio: Studio) -> None:
    """The form asks which picture is meant; what was said already need not be said again."""
    original = await studio.draw(studio.world.alice, "two harbours", count=2)
    bob = studio.world.bob
    await bob.send(
        studio.gallery, mention(studio, "add this boat"), reply_to=original, attachments=[BOAT]
    )
    answer = studio.gallery.last_message
    assert answer is not None

    form = await bob.click(answer, label="Edit this picture")
    assert "add this boat" in str(form.modal)
    await bob.submit_modal(form, {"prompt": "add this boat", "which": ["2"]})
    await outcome(studio, studio.gallery, 2)

    assert len(studio.service.requests[1].parts) == 2
