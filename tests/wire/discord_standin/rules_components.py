"""What Discord documents about components, in messages and in modals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.wire.discord_standin.rules import (
    Check,
    Fields,
    Problems,
    anything,
    items,
    join,
    listed,
    mapping,
    maybe,
    one_of,
    snowflake,
    text,
    url,
    whole,
    yes_or_no,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.discord_standin.model import Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK, PREMIUM = 5, 6

_CLASSIC = frozenset({ROW})
_IN_CONTAINER = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR})
_IN_LABEL = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX}
_IN_MODAL = frozenset({ROW, LABEL, TEXT})
_MOST_COMPONENTS, _MOST_CHARACTERS, _MOST_ROWS, _MOST_BUTTONS = 40, 4000, 5, 5


def _component(required: str = "", /, **checks: Check) -> Fields:
    number = maybe(whole(0, (1 << 31) - 1))
    return Fields(f"type {required}", type=whole(1, 23), id=number, **checks)


_CUSTOM_ID = text(1, 100)
_SPOILER = maybe(yes_or_no)
_CHOSEN = {
    "custom_id": _CUSTOM_ID,
    "placeholder": maybe(text(0, 150)),
    "min_values": maybe(whole(0, 25)),
    "max_values": maybe(whole(1, 25)),
    "disabled": maybe(yes_or_no),
    "required": maybe(yes_or_no),
    "default_values": maybe(items(0, 25)),
}
_UPLOADED = {
    "custom_id": _CUSTOM_ID,
    "min_values": maybe(whole(0, 10)),
    "max_values": maybe(whole(1, 10)),
    "required": maybe(yes_or_no),
}
_FIELDS = {
    ROW: _component("components", components=items(1, 5)),
    BUTTON: _component(
        "style",
        style=whole(1, 6),
        label=maybe(text(0, 80)),
        emoji=maybe(mapping),
        custom_id=maybe(_CUSTOM_ID),
        url=maybe(text(1, 512)),
        sku_id=maybe(snowflake),
        disabled=maybe(yes_or_no),
    ),
    STRING_SELECT: _component("custom_id options", options=items(1, 25), **_CHOSEN),
    TEXT_INPUT: _component(
        "custom_id style",
        custom_id=_CUSTOM_ID,
        style=one_of(1, 2),
        label=maybe(text(1, 45)),
        value=maybe(text(0, 4000)),
        placeholder=maybe(text(0, 100)),
        required=maybe(yes_or_no),
        min_length=maybe(whole(0, 4000)),
        max_length=maybe(whole(1, 4000)),
    ),
    **{kind: _component("custom_id", **_CHOSEN) for kind in (5, 6, 7)},
    8: _component("custom_id", channel_types=maybe(items(0, 20)), **_CHOSEN),
    SECTION: _component("components accessory", components=items(1, 3), accessory=mapping),
    TEXT: _component("content", content=text(1, 4000)),
    THUMBNAIL: _component(
        "media", media=mapping, description=maybe(text(1, 1024)), spoiler=_SPOILER
    ),
    GALLERY: _component("items", items=items(1, 10)),
    FILE: _component("file", file=mapping, spoiler=_SPOILER),
    SEPARATOR: _component(divider=maybe(yes_or_no), spacing=maybe(one_of(1, 2))),
    CONTAINER: _component(
        "components",
        components=items(1, 40),
        accent_color=maybe(whole(0, 0xFFFFFF)),
        spoiler=_SPOILER,
    ),
    LABEL: _component(
        "label component",
        label=text(1, 45),
        description=maybe(text(1, 100)),
        component=mapping,
    ),
    FILE_UPLOAD: _component("custom_id", file_types=maybe(items(0, 10)), **_UPLOADED),
    RADIO: _component(
        "custom_id options",
        custom_id=_CUSTOM_ID,
        required=maybe(yes_or_no),
        options=items(2, 10),
    ),
    CHECKBOXES: _component("custom_id options", options=items(1, 10), **_UPLOADED),
    CHECKBOX: _component("custom_id", custom_id=_CUSTOM_ID, default=maybe(yes_or_no)),
}
_ITEM = Fields("media", media=mapping, description=maybe(text(1, 1024)), spoiler=_SPOILER)
_MEDIA = Fields("url", url=url)
_OPTION = Fields(
    "label value",
    label=text(1, 100),
    value=text(1, 100),
    description=maybe(text(0, 100)),
    default=maybe(yes_or_no),
    emoji=maybe(mapping),
)
_EMOJI = Fields(name=maybe(text(1, 32)), id=maybe(snowflake), animated=maybe(anything))
_MODAL = Fields(
    "custom_id title components",
    custom_id=_CUSTOM_ID,
    title=text(1, 45),
    components=items(1, 5),
)


@dataclass
class Tally:
    """What a tree of components adds up to; files are the names that attachment:// asks for."""

    modal: bool = False
    count: int = 0
    characters: int = 0
    custom_ids: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def check_components(components: object, problems: Problems, *, modern: bool) -> Tally:
    """The components of a message; modern is the flag IS_COMPONENTS_V2."""
    tally = Tally()
    room = _IN_CONTAINER | {CONTAINER} if modern else _CLASSIC
    rows = listed(components)
    few = modern or len(rows) <= _MOST_ROWS
    problems.demand(few, "components", f"Must be {_MOST_ROWS} or fewer in length.")
    for index, value in enumerate(rows):
        _walk(value, f"components.{index}", room, tally, problems)
    _judge(tally, problems)
    return tally


def check_modal(data: object) -> Json:
    """The data of a modal answer."""
    problems, tally = Problems(), Tally(modal=True)
    modal = _MODAL.check(data, "data", problems)
    for index, value in enumerate(listed(modal.get("components"))):
        _walk(value, f"data.components.{index}", _IN_MODAL, tally, problems)
    _judge(tally, problems)
    problems.close()
    return modal


def _judge(tally: Tally, problems: Problems) -> None:
    most = f"the maximum of {_MOST_COMPONENTS}"
    few = tally.count <= _MOST_COMPONENTS
    problems.demand(few, "components", f"{tally.count} components are over {most}")
    short = tally.characters <= _MOST_CHARACTERS
    problems.demand(short, "components", f"Text adds up to {tally.characters}; 4000 is the most")
    single = len(set(tally.custom_ids)) == len(tally.custom_ids)
    problems.demand(single, "components", "Component custom id cannot be duplicated")
    numbered = len(set(tally.numbers)) == len(tally.numbers)
    problems.demand(numbered, "components", "Component id cannot be duplicated")


def _walk(value: object, path: str, room: frozenset[int], tally: Tally, problems: Problems) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, int) or kind not in room:
        problems.add(path, f"Value of field 'type' must be one of {sorted(room)}; it is {kind!r}.")
        return
    component = _FIELDS[kind].check(value, path, problems)
    tally.count += 1
    if isinstance(component.get("custom_id"), str):
        tally.custom_ids.append(component["custom_id"])
    if component.get("id"):
        tally.numbers.append(component["id"])
    if kind == TEXT:
        tally.characters += len(str(component.get("content", "")))
    _check_content(component, kind, path, problems)
    for media, place in _media(component, path, problems):
        found = _MEDIA.check(media, place, problems)
        tally.files += [name for name in [file_name(found.get("url"))] if name]
    if kind == ROW:
        inner_room = _row_room(component, path, tally, problems)
    else:
        inner_room = frozenset({TEXT}) if kind == SECTION else _IN_CONTAINER
    for child, place, inner in _children(component, kind, path, inner_room):
        _walk(child, place, inner, tally, problems)


def _children(
    component: Json, kind: int, path: str, room: frozenset[int]
) -> Iterator[tuple[object, str, frozenset[int]]]:
    for index, child in enumerate(listed(component.get("components"))):
        yield child, join(path, f"components.{index}"), room
    if kind == SECTION:
        yield component.get("accessory"), join(path, "accessory"), frozenset({BUTTON, THUMBNAIL})
    if kind == LABEL:
        yield component.get("component"), join(path, "component"), _IN_LABEL


def _row_room(row: Json, path: str, tally: Tally, problems: Problems) -> frozenset[int]:
    kinds = [each.get("type") for each in listed(row.get("components")) if isinstance(each, dict)]
    if tally.modal:
        problems.demand(len(kinds) == 1, path, "A row of a modal holds one text input")
        return frozenset({TEXT_INPUT})
    if kinds and kinds[0] == BUTTON:
        fits = len(kinds) <= _MOST_BUTTONS
        problems.demand(fits, path, f"A row holds {_MOST_BUTTONS} buttons or fewer")
        return frozenset({BUTTON})
    problems.demand(len(kinds) == 1, path, "A row holds one select, or buttons")
    return SELECTS


def _media(component: Json, path: str, problems: Problems) -> Iterator[tuple[object, str]]:
    for name in ("media", "file"):
        if name in component:
            yield component[name], join(path, name)
    for index, value in enumerate(listed(component.get("items"))):
        here = join(path, f"items.{index}")
        item = _ITEM.check(value, here, problems)
        yield item.get("media"), join(here, "media")


def file_name(address: object) -> str:
    """The file that attachment:// asks for; empty where the address is another."""
    prefix = "attachment://"
    is_file = isinstance(address, str) and address.startswith(prefix)
    return str(address)[len(prefix) :] if is_file else ""


def _check_content(component: Json, kind: int, path: str, problems: Problems) -> None:
    if kind == BUTTON:
        _check_button(component, path, problems)
    if component.get("emoji"):
        _EMOJI.check(component["emoji"], join(path, "emoji"), problems)
    options = listed(component.get("options"))
    for index, value in enumerate(options):
        _OPTION.check(value, join(path, f"options.{index}"), problems)
    values = [option.get("value") for option in options if isinstance(option, dict)]
    unique = len({str(value) for value in values}) == len(values)
    problems.demand(unique, path, "The specified option value is already used")
    least, most = component.get("min_values"), component.get("max_values")
    if isinstance(most, int):
        ordered = not isinstance(least, int) or least <= most
        problems.demand(ordered, path, "min_values must not be over max_values")
        fits = not options or most <= len(options)
        problems.demand(fits, path, "max_values must not be over the number of options")


def _check_button(button: Json, path: str, problems: Problems) -> None:
    style = button.get("style")
    wanted = {LINK: "url", PREMIUM: "sku_id"}.get(style if isinstance(style, int) else 0)
    wanted = wanted or "custom_id"
    for name in ("custom_id", "url", "sku_id"):
        right = bool(button.get(name)) == (name == wanted)
        needs = f"A button of style {style} has {wanted} and none of the others"
        problems.demand(right, join(path, name), needs)
    shown = button.get("label") or button.get("emoji") or style == PREMIUM
    problems.demand(shown, path, "A button needs a label or an emoji")
