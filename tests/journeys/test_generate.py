"""A member asks for a picture."""

from __future__ import annotations

import io

from PIL import Image

from bot.core import events
from tests.journeys.studio import Studio, said, texts


async def test_a_member_sees_the_queued_card_at_once_and_the_picture_on_the_same_message(
    studio: Studio,
) -> None:
    """The answer to the command is a public card, and it turns into the picture."""
    async with studio.service.held():
        answer = await studio.generate(studio.world.alice, "a lighthouse in fog")
        assert answer.response is not None
        assert not answer.response.ephemeral
        assert "In the queue" in said(answer)
        assert "[Cancel]" in said(answer)

    [message] = await studio.posted()

    assert message.id == answer.response.id
    assert "a lighthouse in fog" in texts(message)
    assert "[Again]" in texts(message)
    assert "[Delete]" in texts(message)
    assert len(message.attachments) == 1


async def test_the_picture_has_the_size_and_format_that_was_asked_for(studio: Studio) -> None:
    """Size and format reach the service, and the bytes come back untouched."""
    message = await studio.draw(
        studio.world.alice, "a boat at sunset", size="1536x1024", format="webp"
    )

    with Image.open(io.BytesIO(await message.attachments[0].read())) as picture:
        assert picture.size == (1536, 1024)
        assert picture.format == "WEBP"


async def test_a_size_near_to_one_that_is_drawn_is_drawn_as_that_and_the_card_says_so(
    studio: Studio,
) -> None:
    """What somebody types past the choices is fitted, and they are told with the picture."""
    message = await studio.draw(studio.world.alice, "a boat", size="1000x1500")

    with Image.open(io.BytesIO(await message.attachments[0].read())) as picture:
        assert picture.size == (992, 1488)
    assert "draws no 1000 × 1500, so this is 992 × 1488" in texts(message)


async def test_four_pictures_are_posted_as_four_attachments_of_one_message(
    studio: Studio,
) -> None:
    """`count` is one request, one call and one message."""
    message = await studio.draw(studio.world.alice, "four cats", count=4)

    assert len(message.attachments) == 4
    [request] = studio.service.requests
    assert request.n == 4


async def test_every_picture_carries_its_prompt_as_alt_text(studio: Studio) -> None:
    """Screen readers say what the picture shows."""
    message = await studio.draw(studio.world.alice, "a green door in a white wall")

    assert "(a green door in a white wall)" in texts(message)
    assert message.attachments[0].description == "a green door in a white wall"


async def test_style_and_avoid_are_said_to_the_model_in_words(studio: Studio) -> None:
    """No living model has parameters for them."""
    await studio.draw(studio.world.alice, "a cat", style="watercolour", avoid="people, text")

    [request] = studio.service.requests
    assert "watercolour" in request.prompt
    assert "people, text" in request.prompt


async def test_a_spoiler_is_hidden_until_it_is_clicked(studio: Studio) -> None:
    """The file is marked, and so is the gallery."""
    message = await studio.draw(studio.world.alice, "the ending", spoiler=True)

    assert message.attachments[0].is_spoiler()


async def test_a_prompt_with_mentions_and_markdown_pings_nobody_and_breaks_nothing(
    studio: Studio,
) -> None:
    """Other people's words are shown as they were typed."""
    bob = studio.world.bob
    hostile = f"@everyone <@{bob.id}> # big **bold** ||hidden|| [link](https://example.com) ```x"

    message = await studio.draw(studio.world.alice, hostile)

    assert message.mentions == []
    assert not message.mention_everyone
    shown = texts(message)
    assert f"<@{bob.id}>" not in shown.split("(")[0]
    assert "**bold**" not in shown.split("(")[0]
    assert len(message.attachments) == 1


async def test_a_prompt_of_six_thousand_characters_is_drawn(studio: Studio) -> None:
    """Discord's limit is ours; the card shows the beginning."""
    message = await studio.draw(studio.world.alice, "a very long story " * 333)

    [request] = studio.service.requests
    assert len(request.prompt) > 5900
    assert len(texts(message)) < 4000


async def test_an_empty_prompt_is_refused_privately_with_a_next_step(studio: Studio) -> None:
    """Blank words cost nothing and say what is missing."""
    answer = await studio.generate(studio.world.alice, "   \u200b  ")

    assert answer.response is not None
    assert answer.response.ephemeral
    assert said(answer) == "Say in a few words what you would like to see."
    assert studio.service.requests == []


async def test_partial_pictures_appear_on_the_card_before_the_result(studio: Studio) -> None:
    """The service streams, and a partial is never taken for the result."""
    message = await studio.draw(studio.world.alice, "a castle")

    assert studio.happenings.of(events.Sketched)
    [drawn] = studio.happenings.of(events.Drawn)
    assert drawn.pictures == 1
    assert len(message.attachments) == 1
    assert "sketch" not in message.attachments[0].filename
