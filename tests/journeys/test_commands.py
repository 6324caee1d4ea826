"""/queue, /usage, /quota and /settings, as members and managers see them."""

from __future__ import annotations

from bot.core import events
from tests.journeys.studio import Studio, said, texts


async def test_queue_shows_what_is_mine_with_position_and_a_way_out(studio: Studio) -> None:
    """Two are drawn for Alice, the third waits and can be cancelled from the list."""
    async with studio.service.held():
        for prompt in ("first", "second"):
            await studio.generate(studio.world.alice, prompt)
        card = await studio.generate(studio.world.alice, "third")
        await studio.service.arrived(2)

        mine = await studio.world.alice.slash(studio.gallery, "queue")
        assert mine.response is not None
        assert mine.response.ephemeral
        assert said(mine).count("Being drawn") == 2
        assert "It is next" in said(mine)

        third = studio.happenings.of(events.Accepted)[-1].job_id
        await studio.world.alice.click(mine.response.message, custom_id=f"unqueue:{third}:0")
        assert card.response is not None
        assert "Cancelled" in texts(card.response.message)

        theirs = await studio.world.bob.slash(studio.gallery, "queue")
        assert "nothing waiting" in said(theirs)


async def test_usage_shows_what_was_used_and_which_limits_hold(studio: Studio) -> None:
    """Without limits it says so; with one it says what is left of it and when it resets."""
    await studio.draw(studio.world.alice)
    before = await studio.world.alice.slash(studio.gallery, "usage")
    assert "Today: 1 picture" in said(before)
    assert "Nothing limits how much is drawn." in said(before)

    await studio.world.mia.slash(
        studio.gallery, "quota set", who="everyone", period="day", pictures=5
    )
    after = await studio.world.alice.slash(studio.gallery, "usage")

    assert "1 of 5 pictures used, 4 left; resets <t:" in said(after)


async def test_a_limit_in_dollars_holds(studio: Studio) -> None:
    """A cent does not buy a high-quality picture."""
    await studio.world.mia.slash(
        studio.gallery, "quota set", who="server", period="day", dollars="0.01"
    )

    answer = await studio.generate(studio.world.alice, quality="max")

    assert "This server's limit is $0.01 per day" in said(answer)
    assert studio.service.requests == []


async def test_members_cannot_see_the_commands_of_managers(studio: Studio) -> None:
    """Discord hides them by the permission that the command names."""
    assert "quota" not in " ".join(studio.world.alice.available_commands(studio.gallery))
    assert "settings" not in " ".join(studio.world.alice.available_commands(studio.gallery))
    assert "quota" in " ".join(studio.world.mia.available_commands(studio.gallery))


async def test_the_cost_is_shown_where_the_server_says_so(studio: Studio) -> None:
    """Off at first; a manager switches it on for later pictures."""
    without = await studio.draw(studio.world.alice)
    assert "$" not in texts(without)

    await studio.world.mia.slash(studio.gallery, "settings costs", shown=True)
    with_cost = await studio.draw(studio.world.alice)

    [_, drawn] = studio.happenings.of(events.Drawn)
    assert f"${drawn.cost / 1_000_000:.4f}" in texts(with_cost)


async def test_choices_come_from_the_model_that_is_chosen(studio: Studio) -> None:
    """Only living models are offered; qualities follow the model."""
    alice, gallery = studio.world.alice, studio.gallery

    models = await alice.autocomplete(gallery, "generate", "model", "", prompt="x")
    older = await alice.autocomplete(
        gallery, "generate", "quality", "", prompt="x", model="gpt-image-2"
    )
    newer = await alice.autocomplete(gallery, "generate", "quality", "", prompt="x")
    sizes = await alice.autocomplete(gallery, "generate", "size", "portrait", prompt="x")

    assert models[0]["value"] == "gpt-image-2.5-flare"
    assert "gpt-image-1" not in {choice["value"] for choice in models}
    assert [choice["value"] for choice in older] == ["low", "medium", "high"]
    assert [choice["value"] for choice in newer] == ["low", "medium", "high", "xhigh", "max"]
    assert "1024x1536" in {choice["value"] for choice in sizes}
