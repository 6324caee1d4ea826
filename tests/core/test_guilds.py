"""What a server chose is read as it was written, and said so that each change can be seen."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.guilds import NOTHING_CHOSEN, GuildSettings, is_zone, say_setting
from bot.core.stores import Limits

ids = st.integers(1, 2**63 - 1)
numbers = st.one_of(st.none(), st.integers(0, 1_000))
words = st.one_of(st.none(), st.text(min_size=1, max_size=9))
chosen = st.builds(
    GuildSettings,
    allowed_channels=st.frozensets(ids),
    denied_channels=st.frozensets(ids),
    model=words,
    size=words,
    quality=words,
    format=words,
    server_slots=numbers,
    member_slots=numbers,
    server_queue=numbers,
    member_queue=numbers,
    words=st.lists(st.text(min_size=1, max_size=9)).map(tuple),
    always_spoiler=st.booleans(),
    age_restricted_only=st.booleans(),
    log_channel=st.one_of(st.none(), ids),
    show_costs=st.booleans(),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati"]),
    retention_days=numbers,
    paused=st.booleans(),
)

# One value for each setting that differs from what holds where nothing was chosen.
OTHERWISE: dict[str, tuple[Any, str]] = {
    "allowed_channels": (frozenset({20, 3}), "<#3>, <#20>"),
    "denied_channels": (frozenset({5}), "<#5>"),
    "model": ("painter-2", "painter-2"),
    "size": ("1024x1536", "1024x1536"),
    "quality": ("low", "low"),
    "format": ("webp", "webp"),
    "server_slots": (2, "2"),
    "member_slots": (0, "0"),
    "server_queue": (10, "10"),
    "member_queue": (3, "3"),
    "words": (("cat", "dog"), "cat, dog"),
    "always_spoiler": (True, "on"),
    "age_restricted_only": (True, "on"),
    "log_channel": (77, "<#77>"),
    "show_costs": (True, "on"),
    "zone": ("Europe/Berlin", "Europe/Berlin"),
    "retention_days": (30, "30"),
    "paused": (True, "on"),
}


@given(chosen)
def test_settings_are_read_as_they_were_written(settings: GuildSettings) -> None:
    """Given any choices, when they went through JSON, then they are the same."""
    stored = json.loads(json.dumps(settings.to_json()))

    assert GuildSettings.from_json(stored) == settings


def test_nothing_chosen_is_nothing_stored() -> None:
    """Given a server that chose nothing, when it is written, then later defaults hold for it."""
    assert NOTHING_CHOSEN.to_json() == {}
    assert GuildSettings.from_json({}) == NOTHING_CHOSEN


def test_settings_of_another_version_are_passed_over() -> None:
    """Given a name that this version does not know, when it is read, then the rest is there."""
    assert GuildSettings.from_json({"zone": "UTC", "mood": "sunny", "paused": True}).paused


def test_every_setting_is_tried_below() -> None:
    """Given a new setting, when it is not in the table above, then this fails."""
    assert OTHERWISE.keys() == {each.name for each in fields(GuildSettings)}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_setting_is_said_in_words(name: str) -> None:
    """Given one choice, when it is said, then it reads as people see it, and not as before."""
    value, said = OTHERWISE[name]
    settings = replace(NOTHING_CHOSEN, **{name: value})

    assert say_setting(settings, name) == said
    assert say_setting(NOTHING_CHOSEN, name) != said


@given(chosen, chosen)
def test_a_change_of_numbers_and_names_can_be_seen(
    one: GuildSettings, other: GuildSettings
) -> None:
    """Given two choices that differ, when both are said, then the audit can tell them apart."""
    for name in OTHERWISE.keys() - {"words"}:
        same = getattr(one, name) == getattr(other, name)
        assert (say_setting(one, name) == say_setting(other, name)) == same, name


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("UTC", True),
        ("Europe/Berlin", True),
        ("Pacific/Pago_Pago", True),
        ("Europe/Atlantis", False),
        ("", False),
        ("../../etc/passwd", False),
    ],
)
def test_only_names_of_time_zones_are_time_zones(name: str, known: bool) -> None:
    """Given a name, when it is looked up, then only what the calendar knows is one."""
    assert is_zone(name) is known


OPERATORS = Limits(slots=9, server_slots=4, member_slots=2, server_queue=200, member_queue=50)


def test_a_server_may_choose_less_than_the_operator_allows_and_not_more() -> None:
    """Given the operator's limits, when a server chooses, then the smaller of both holds."""
    less = GuildSettings(server_slots=1, member_slots=1, server_queue=1, member_queue=1)
    more = GuildSettings(server_slots=99, member_slots=99, server_queue=999, member_queue=999)

    assert OPERATORS.within(NOTHING_CHOSEN) == OPERATORS
    assert OPERATORS.within(more) == OPERATORS
    assert OPERATORS.within(less) == Limits(
        slots=9, server_slots=1, member_slots=1, server_queue=1, member_queue=1
    )
    assert OPERATORS.within(GuildSettings(member_queue=0)).member_queue == 0


def test_a_paused_server_draws_nothing_and_keeps_its_queue() -> None:
    """Given a pause, when the limits are read, then there are no slots, and there is room."""
    held = OPERATORS.within(GuildSettings(paused=True, server_slots=3))

    assert held.server_slots == 0
    assert held.server_queue == 200
