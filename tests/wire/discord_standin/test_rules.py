"""The documented limits, each broken once, each by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire.discord_standin import rules_messages
from tests.wire.discord_standin.model import Message, User
from tests.wire.discord_standin.refusals import InvalidForm
from tests.wire.discord_standin.rules_commands import check_commands
from tests.wire.discord_standin.rules_components import check_modal
from tests.wire.discord_standin.rules_messages import ANSWER, CHANNEL, DEFERRAL, EDIT, check_message

V2, EPHEMERAL = 1 << 15, 1 << 6
Made = dict[str, Any]


def button(**more: object) -> Made:
    """A button."""
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | more


def row(*inner: Made) -> Made:
    """An action row."""
    return {"type": 1, "components": list(inner)}


def select(count: int = 1, **more: object) -> Made:
    """A select with so many options."""
    options = [{"label": str(each), "value": str(each)} for each in range(count)]
    return {"type": 3, "custom_id": "pick", "options": options} | more


def words(count: int) -> Made:
    """A text display of so many characters."""
    return {"type": 10, "content": "x" * count}


def gallery(count: int = 1, name: str = "a.png", **more: object) -> Made:
    """A gallery that shows one file so many times."""
    item = {"media": {"url": f"attachment://{name}"}} | more
    return {"type": 12, "items": [item] * count}


def classic(*components: Made) -> Made:
    """A message with content and components."""
    return {"content": "hi", "components": list(components)}


def modern(*components: Made, **more: object) -> Made:
    """A message made of Components V2."""
    return {"flags": V2, "components": list(components)} | more


def command(**more: object) -> Made:
    """A slash command."""
    return {"name": "draw", "description": "Draws."} | more


def option(**more: object) -> Made:
    """An option of type string."""
    return {"type": 3, "name": "prompt", "description": "What"} | more


def modal(*components: Made, **more: object) -> Made:
    """A modal."""
    return {"custom_id": "ask", "title": "Ask", "components": list(components)} | more


def label(**more: object) -> Made:
    """A label around a text input."""
    field = {"type": 4, "custom_id": "words", "style": 1}
    return {"type": 18, "label": "Words", "component": field} | more


GOOD_MESSAGES = {
    "words": {"content": "x" * 2000, "tts": False, "nonce": "1" * 25, "enforce_nonce": True},
    "buttons": classic(*[row(*[button(custom_id=f"{r}{c}") for c in range(5)]) for r in range(5)]),
    "link": classic(row({"type": 2, "style": 5, "url": "https://example.org", "label": "See"})),
    "select": classic(row(select(25, min_values=0, max_values=25, placeholder="p" * 150))),
    "card": modern(
        {"type": 17, "accent_color": None, "components": [words(3999), gallery(10)]},
        {"type": 9, "components": [words(1)], "accessory": button()},
        {"type": 13, "file": {"url": "attachment://a.png"}},
        {"type": 14, "divider": True, "spacing": 2},
    ),
    "forty": modern(*[words(1)] * 40),
    "mentions": {"content": "hi", "allowed_mentions": {"parse": [], "users": [1, "2"]}},
    "reply": {"content": "hi", "message_reference": {"message_id": 5, "type": 0}},
    "files": {"attachments": [{"id": 0, "filename": "a.png", "description": "d" * 1024}]},
    "embed": {"embeds": [{"title": "t", "fields": [{"name": "n", "value": "v"}]}]},
}
BAD_MESSAGES = {
    "content": {"content": "x" * 2001},
    "unknown-field": {"content": "hi", "colour": 1},
    "no-object": [],
    "nonce": {"content": "hi", "nonce": "1" * 26},
    "eleven-embeds": {"embeds": [{}] * 11},
    "embed-sum": {"embeds": [{"description": "x" * 3001}] * 2},
    "embed-field": {"embeds": [{"fields": [{"name": "n"}]}]},
    "six-rows": classic(*[row(button(custom_id=str(each))) for each in range(6)]),
    "six-buttons": classic(row(*[button(custom_id=str(each)) for each in range(6)])),
    "two-selects": classic(row(select(), select(custom_id="other"))),
    "mixed-row": classic(row(button(), select())),
    "empty-row": classic(row()),
    "label": classic(row(button(label="x" * 81))),
    "bare-button": classic(row(button(label=""))),
    "custom-id": classic(row(button(custom_id="x" * 101))),
    "no-custom-id": classic(row({"type": 2, "style": 1, "label": "Go"})),
    "link-with-custom-id": classic(row(button(style=5, url="https://example.org"))),
    "twin-custom-ids": classic(row(button(), button())),
    "twin-ids": modern(words(1) | {"id": 7}, words(1) | {"id": 7}),
    "select-of-26": classic(row(select(26))),
    "twin-values": classic(row(select(2) | {"options": [{"label": "a", "value": "b"}] * 2})),
    "more-than-there-are": classic(row(select(2, max_values=3))),
    "unknown-in-component": classic(row(button(color="red"))),
    "unknown-type": modern({"type": 99}),
    "card-without-flag": {"components": [words(1)]},
    "card-with-content": modern(words(1), content="hi"),
    "card-with-embed": modern(words(1), embeds=[{"title": "hi"}]),
    "text-sum": modern(words(2001), words(2000)),
    "no-text": modern(words(0)),
    "forty-one": modern(*[words(1)] * 41),
    "forty-one-nested": modern({"type": 17, "components": [words(1)] * 40}),
    "box-in-box": modern({"type": 17, "components": [{"type": 17, "components": [words(1)]}]}),
    "four-texts": modern({"type": 9, "components": [words(1)] * 4, "accessory": button()}),
    "no-accessory": modern({"type": 9, "components": [words(1)]}),
    "gallery-of-11": modern(gallery(11)),
    "empty-gallery": modern(gallery(0)),
    "alt-text": modern(gallery(description="x" * 1025)),
    "missing-file": modern(gallery(name="b.png")),
    "strange-link": modern({"type": 12, "items": [{"media": {"url": "file:///etc"}}]}),
    "twin-attachments": {"content": "hi", "attachments": [{"id": 0}, {"id": "0"}]},
    "eleven-attachments": {"content": "hi", "attachments": [{"id": each} for each in range(11)]},
    "description": {"content": "hi", "attachments": [{"id": 0, "description": "x" * 1025}]},
    "private-in-channel": {"content": "hi", "flags": EPHEMERAL},
    "loading-flag": {"content": "hi", "flags": 128},
    "mention-kinds": {"content": "hi", "allowed_mentions": {"parse": ["all"]}},
    "mention-clash": {"content": "hi", "allowed_mentions": {"parse": ["users"], "users": [1]}},
    "mention-ids": {"content": "hi", "allowed_mentions": {"users": ["alice"]}},
    "reference": {"content": "hi", "message_reference": {"channel_id": 1}},
}
GOOD_COMMANDS = {
    "plain": [command()],
    "menu": [{"type": 3, "name": "Edit image", "contexts": [0], "dm_permission": True}],
    "same-name-other-type": [command(), {"type": 3, "name": "draw"}],
    "options": [command(options=[option(required=True), option(name="size", autocomplete=True)])],
    "letters": [command(name="zeichne-ün_1")],
    "groups": [command(options=[option(type=2, options=[option(type=1, options=[option()])])])],
}
BAD_COMMANDS = {
    "capitals": [command(name="Draw")],
    "spaces": [command(name="draw it")],
    "long-name": [command(name="x" * 33)],
    "no-description": [{"name": "draw"}],
    "long-description": [command(description="x" * 101)],
    "menu-with-description": [{"type": 3, "name": "Edit", "description": "Edits"}],
    "twins": [command(), command()],
    "sixteen-menus": [{"type": 3, "name": str(each)} for each in range(16)],
    "26-options": [command(options=[option(name=f"o{each}") for each in range(26)])],
    "twin-options": [command(options=[option(), option()])],
    "required-after-optional": [command(options=[option(), option(name="b", required=True)])],
    "26-choices": [command(options=[option(choices=[{"name": "a", "value": "a"}] * 26)])],
    "choices-and-autocomplete": [
        command(options=[option(autocomplete=True, choices=[{"name": "a", "value": "a"}])])
    ],
    "choice-of-wrong-type": [command(options=[option(choices=[{"name": "a", "value": 1}])])],
    "choices-of-files": [command(options=[option(type=11, choices=[{"name": "a", "value": 1}])])],
    "mixed": [command(options=[option(type=1), option(name="b")])],
    "too-deep": [
        command(options=[option(type=2, options=[option(type=2, options=[option(type=1)])])])
    ],
    "empty-group": [command(options=[option(type=2)])],
    "8000-characters": [
        command(
            options=[
                option(
                    name=f"o{index}",
                    choices=[{"name": "n" * 20, "value": f"{each:0100}"} for each in range(25)],
                )
                for index in range(3)
            ]
        )
    ],
    "unknown-field": [command(colour="red")],
    "private-without-user-install": [command(contexts=[0, 2])],
    "no-list": {},
}
GOOD_MODALS = {
    "label": modal(label()),
    "upload": modal(label(component={"type": 19, "custom_id": "mask", "max_values": 10})),
    "row": modal(row({"type": 4, "custom_id": "w", "style": 2, "label": "Words"})),
    "words": modal(words(10), label()),
}
BAD_MODALS = {
    "title": modal(label(), title="x" * 46),
    "six": modal(*[words(1)] * 6),
    "none": modal(),
    "long-label": modal(label(label="x" * 46)),
    "button": modal(row(button())),
    "bare-input": modal({"type": 4, "custom_id": "w", "style": 1}),
    "unknown-field": modal(label(), colour=1),
}


@pytest.mark.parametrize("payload", GOOD_MESSAGES.values(), ids=GOOD_MESSAGES)
def test_a_message_within_the_limits_passes(payload: Made) -> None:
    """Given a message at its limits, when it is checked, then nothing is wrong."""
    assert check_message(payload, CHANNEL, {"a.png"}) == payload


@pytest.mark.parametrize("payload", BAD_MESSAGES.values(), ids=BAD_MESSAGES)
def test_a_message_over_a_limit_is_refused(payload: object) -> None:
    """Given a message that breaks one rule, when it is checked, then it is refused."""
    with pytest.raises(InvalidForm):
        check_message(payload, CHANNEL, {"a.png"})


@pytest.mark.parametrize("payload", GOOD_COMMANDS.values(), ids=GOOD_COMMANDS)
def test_commands_within_the_limits_pass(payload: list[Made]) -> None:
    """Given commands at their limits, when they are checked, then nothing is wrong."""
    assert check_commands(payload) == payload


@pytest.mark.parametrize("payload", BAD_COMMANDS.values(), ids=BAD_COMMANDS)
def test_commands_over_a_limit_are_refused(payload: object) -> None:
    """Given commands that break one rule, when they are checked, then all are refused."""
    with pytest.raises(InvalidForm):
        check_commands(payload)


@pytest.mark.parametrize("payload", GOOD_MODALS.values(), ids=GOOD_MODALS)
def test_a_modal_within_the_limits_passes(payload: Made) -> None:
    """Given a modal at its limits, when it is checked, then nothing is wrong."""
    assert check_modal(payload) == payload


@pytest.mark.parametrize("payload", BAD_MODALS.values(), ids=BAD_MODALS)
def test_a_modal_over_a_limit_is_refused(payload: object) -> None:
    """Given a modal that breaks one rule, when it is checked, then it is refused."""
    with pytest.raises(InvalidForm):
        check_modal(payload)


def test_a_deferral_may_only_be_private() -> None:
    """Given a deferral, when it sets the flag of a card, then it is refused."""
    check_message({"flags": EPHEMERAL}, DEFERRAL, ())
    with pytest.raises(InvalidForm):
        check_message({"flags": V2}, DEFERRAL, ())


def test_an_answer_may_be_private_and_an_edit_may_not_become_it() -> None:
    """Given the flag of privacy, when it is set on an edit, then it is refused."""
    check_message({"content": "hi", "flags": EPHEMERAL}, ANSWER, ())
    with pytest.raises(InvalidForm):
        check_message({"content": "hi", "flags": EPHEMERAL}, EDIT, ())


def test_a_message_turned_into_a_card_gives_up_its_words() -> None:
    """Given a message with content, when it is edited into a card, then content must go."""
    before = Message(1, 1, User(1, "bot"), 0.0, content="hi")
    check_message(modern(words(1), content=None), EDIT, (), before)
    with pytest.raises(InvalidForm):
        check_message(modern(words(1)), EDIT, (), before)


def test_a_card_stays_a_card() -> None:
    """Given a card, when an edit without the flag sends content, then it is refused."""
    before = Message(1, 1, User(1, "bot"), 0.0, components=[words(1)], flags=V2)
    rules_messages.check_message({"components": [words(2)]}, EDIT, (), before)
    with pytest.raises(InvalidForm):
        check_message({"content": "hi"}, EDIT, (), before)


def test_an_edit_that_drops_a_shown_file_is_refused() -> None:
    """Given a card that shows a file, when an edit keeps the card only, then it is refused."""
    before = Message(1, 1, User(1, "bot"), 0.0, components=[gallery()], flags=V2)
    with pytest.raises(InvalidForm):
        check_message({"attachments": []}, EDIT, (), before)
