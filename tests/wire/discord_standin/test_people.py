"""What people can do in the stand-in, and what Discord's client would not let them do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.wire.discord_standin import APPLICATION_ID, StandinError

if TYPE_CHECKING:
    from tests.wire.discord_standin import Message
    from tests.wire.discord_standin.studio import Studio

pytest_plugins = ["tests.wire.discord_standin.studio"]

QUOTA = {
    "name": "quota",
    "description": "Limits",
    "default_member_permissions": "32",
    "options": [
        {
            "type": 1,
            "name": "set",
            "description": "Sets one",
            "options": [
                {"type": 6, "name": "member", "description": "Whose", "required": True},
                {"type": 4, "name": "pictures", "description": "How many", "min_value": 1},
            ],
        }
    ],
}
DRAW = {"name": "draw", "description": "Draws"}


async def posted(studio: Studio, *components: dict[str, Any]) -> Message:
    """A message of the bot with these in a row."""
    row = {"type": 1, "components": list(components)}
    await studio.post(content="hi", components=[row])
    return (await studio.standin.messages(studio.gallery))[-1]


async def test_a_choice_in_a_select_reaches_the_bot(studio: Studio) -> None:
    """Given a select, when a person chooses, then the values and the message are sent."""
    options = [{"label": each, "value": each} for each in ("a", "b")]
    menu = await posted(studio, {"type": 3, "custom_id": "pick", "options": options})
    asked = await studio.standin.select(menu, studio.alice, "pick", ["b"])

    assert asked.payload["data"] == {"custom_id": "pick", "component_type": 3, "values": ["b"]}
    assert asked.payload["message"]["id"] == menu.id
    with pytest.raises(StandinError, match="not among"):
        await studio.standin.select(menu, studio.alice, "pick", ["c"])


async def test_only_buttons_that_are_there_can_be_pressed(studio: Studio) -> None:
    """Given a disabled button, when it or another is pressed, then the test is told why not."""
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go", "disabled": True}
    message = await posted(studio, button)

    for name, reason in (("Go", "disabled"), ("Stop", "There is no button 'Stop'")):
        with pytest.raises(StandinError, match=reason):
            await studio.standin.click(message, studio.alice, name)


async def test_an_admin_command_is_hidden_from_others(studio: Studio) -> None:
    """Given a command for those who manage the server, when others try it, then they cannot."""
    standin, alice = studio.standin, studio.alice
    await studio.rest("POST", f"/applications/{APPLICATION_ID}/commands", json=QUOTA)
    admins = await standin.role(studio.guild, "Admins", ["manage_guild"], members=[alice])
    asked = await standin.slash(studio.gallery, alice, "quota set", member=alice, pictures=3)
    options = asked.payload["data"]["options"]

    assert [each["value"] for each in options[0]["options"]] == [alice.id, 3]
    assert list(asked.payload["data"]["resolved"]["members"]) == [alice.id]
    assert asked.payload["member"]["roles"] == [admins.id]
    await standin.take_role(studio.guild, alice, admins)
    with pytest.raises(StandinError, match="cannot see"):
        await standin.slash(studio.gallery, alice, "quota set", member=alice)


@pytest.mark.parametrize(
    ("command", "options", "reason"),
    [
        ("quote", {}, "no command 'quote'"),
        ("quota", {}, "needs a sub-command"),
        ("quota get", {}, "no sub-command 'get'"),
        ("quota set", {}, "needs"),
        ("quota set", {"member": "1", "period": "day"}, "no option"),
        ("quota set", {"member": "0", "pictures": 0}, "from 1"),
        ("quota set", {"member": "0", "pictures": "many"}, "does not take"),
    ],
)
async def test_a_command_is_typed_as_registered(
    studio: Studio, command: str, options: dict[str, object], reason: str
) -> None:
    """Given a registered command, when it is typed otherwise, then the test is told why not."""
    path = f"/applications/{APPLICATION_ID}/commands"
    await studio.rest("POST", path, json=QUOTA | {"default_member_permissions": None})
    given = {**options, "member": studio.alice} if "member" in options else options
    with pytest.raises(StandinError, match=reason):
        await studio.standin.slash(studio.gallery, studio.alice, command, **given)


async def test_a_wait_for_nothing_ends(studio: Studio) -> None:
    """Given no bot at all, when a person waits for an answer, then the wait ends by itself."""
    await studio.rest("POST", f"/applications/{APPLICATION_ID}/commands", json=DRAW)
    asked = await studio.standin.slash(studio.gallery, studio.alice, "draw")
    with pytest.raises(StandinError, match="not within"):
        await asked.acknowledged(deadline=0.01)
