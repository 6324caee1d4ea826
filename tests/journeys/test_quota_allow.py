"""/quota allow: what members may ask for, and that nobody gets around it."""

from __future__ import annotations

from typing import Any

from tests.journeys.pictures import HARBOUR, mention, png
from tests.journeys.studio import Studio, said


async def quota(studio: Studio, command: str, **options: Any) -> str:
    """What Mia, who manages the server, is answered."""
    return said(await studio.world.mia.slash(studio.gallery, f"quota {command}", **options))


async def test_models_are_completed_one_after_the_other(studio: Studio) -> None:
    """What stands before the last comma is kept."""
    mia, gallery = studio.world.mia, studio.gallery

    first = await mia.autocomplete(gallery, "quota allow", "models", "flare", who="everyone")
    second = await mia.autocomplete(
        gallery, "quota allow", "models", "gpt-image-2, sunburst", who="everyone"
    )

    assert "gpt-image-2.5-flare" in {choice["value"] for choice in first}
    assert "gpt-image-2, gpt-image-2.5-sunburst" in {choice["value"] for choice in second}


async def test_sizes_are_offered_with_their_pixels(studio: Studio) -> None:
    """The smallest first, since that is what is looked for."""
    sizes = await studio.world.mia.autocomplete(
        studio.gallery, "quota allow", "size", "1024", who="everyone"
    )

    assert sizes[0]["name"] == "1024x1024 (1,048,576 pixels)"


async def test_what_may_be_asked_for_holds_and_can_be_taken_back(studio: Studio) -> None:
    """Models, quality, size and count are each refused with what is allowed instead."""
    changed = await quota(
        studio,
        "allow",
        who="everyone",
        models="gpt-image-2, gpt-image-2.5-flare",
        quality="medium",
        size="1024x1536",
        count="2",
    )
    assert "**Models:** not set → **`gpt-image-2`, `gpt-image-2.5-flare`**" in changed
    assert "**Largest size:** not set → **1,572,864 pixels, such as 1024 × 1536**" in changed

    alice = studio.world.alice
    refused: list[tuple[dict[str, Any], str]] = [
        ({"model": "gpt-image-2.5-sunburst"}, "Choose `gpt-image-2` or `gpt-image-2.5-flare`."),
        ({"quality": "high"}, "The best quality that you may choose here is medium."),
        ({"size": "2048x2048"}, "The most is 1,572,864 pixels, such as 1024 × 1536."),
        ({"count": 3}, "You may ask for 2 pictures at a time here."),
    ]
    for options, words in refused:
        assert words in said(await studio.generate(alice, **options))
    assert studio.service.requests == []

    taken_back = await quota(studio, "allow", who="everyone", count="unset", quality="unset")
    assert "**Pictures at a time:** 2 → **not set**" in taken_back
    assert len((await studio.draw(alice, count=3, quality="high")).attachments) == 3


async def test_what_members_leave_open_is_chosen_so_that_it_is_allowed(studio: Studio) -> None:
    """Another model than the default, in less quality and smaller than it draws by itself."""
    await quota(
        studio, "allow", who="everyone", models="gpt-image-2", quality="low", size="1000000 pixels"
    )

    await studio.draw(studio.world.alice)

    [request] = [each for each in studio.service.requests if each.model]
    width, height = map(int, str(request.fields["size"]).split("x"))
    assert (request.model, request.fields["quality"]) == ("gpt-image-2", "low")
    assert 900_000 < width * height <= 1_000_000


async def test_an_edit_is_drawn_as_large_as_it_may_be(studio: Studio) -> None:
    """The picture is larger than the member may draw, and they named no size."""
    await quota(studio, "allow", who="everyone", size="1024x1024")
    large = ("large.png", png(size=(2048, 1024)))

    await studio.world.alice.slash(studio.gallery, "edit", prompt="at night", image=large)
    await studio.posted()

    [request] = [each for each in studio.service.requests if each.model]
    width, height = map(int, str(request.fields["size"]).split("x"))
    assert width * height <= 1024 * 1024


async def test_one_member_may_be_kept_from_editing_in_every_way(studio: Studio) -> None:
    """By command, by button and by expanding; others may, and so may they once it is lifted."""
    bob, gallery = studio.world.bob, studio.gallery
    shown = await studio.draw(studio.world.alice)
    await quota(studio, "allow", member=bob, edits="no")
    refusal = "You may not edit pictures here. /generate draws new ones."

    by_command = await bob.slash(gallery, "edit", prompt="at night", image=HARBOUR)
    by_button = await bob.click(shown, label="Vary")
    expanded = await bob.slash(gallery, "expand", image=HARBOUR, direction="left")

    assert [said(each) for each in (by_command, by_button, expanded)] == [refusal] * 3
    assert (await studio.draw(bob)).attachments

    await quota(studio, "clear", what="asked", member=bob)
    accepted = await bob.slash(gallery, "edit", prompt="at night", image=HARBOUR)
    assert "In the queue" in said(accepted) or "Drawing" in said(accepted)


async def test_a_reply_and_the_menu_of_a_message_are_no_way_around(studio: Studio) -> None:
    """Whatever opens the way to an edit, it is asked what is allowed at its end."""
    bob, gallery = studio.world.bob, studio.gallery
    shown = await studio.draw(studio.world.alice)
    await quota(studio, "allow", member=bob, edits="no")
    refusal = "You may not edit pictures here. /generate draws new ones."

    await bob.send(gallery, mention(studio, "make the sky red"), reply_to=shown)
    replied = gallery.last_message
    form = await bob.context_menu(gallery, "Edit image", shown)
    submitted = await bob.submit_modal(form, {"prompt": "make the sky red"})

    assert replied is not None
    assert replied.content == refusal
    assert said(submitted) == refusal


async def test_the_smaller_of_what_the_server_and_a_role_allow_holds(studio: Studio) -> None:
    """A role may not give what the server does not allow."""
    await quota(studio, "allow", who="server", quality="low")
    await quota(studio, "allow", member=studio.world.alice, quality="max")

    refused = await studio.generate(studio.world.alice, quality="high")
    usage = said(await studio.world.alice.slash(studio.gallery, "usage"))

    assert said(refused) == "The best quality that you may choose here is low."
    assert "**Best quality:** low\n-# Set for the server." in usage


async def test_buttons_ask_for_no_more_than_is_allowed(studio: Studio) -> None:
    """Again repeats as it was, so it is refused; Vary takes over what is allowed."""
    shown = await studio.draw(studio.world.alice, quality="high")
    await quota(studio, "allow", member=studio.world.bob, quality="low")

    again = await studio.world.bob.click(shown, label="Again")
    await studio.world.bob.click(shown, label="Vary")
    await studio.posted(2)

    assert "The best quality that you may choose here is low." in said(again)
    assert [each.fields["quality"] for each in studio.service.requests if each.model] == [
        "high",
        "low",
    ]
