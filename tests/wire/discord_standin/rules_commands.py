"""What Discord documents about application commands."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tests.wire.discord_standin.rules import (
    Fields,
    Problems,
    anything,
    items,
    join,
    listed,
    mapping,
    maybe,
    number,
    one_of,
    snowflake,
    text,
    whole,
    yes_or_no,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.wire.discord_standin.model import Json

SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
MOST_AT_ONCE = {SLASH: 100, USER_MENU: 15, MESSAGE_MENU: 15}
_MOST_CHARACTERS = 8000
_PRIVATE_CHANNEL, _USER_INSTALL = 2, 1

_COMMAND = Fields(
    "name",
    name=text(1, 32),
    name_localizations=maybe(mapping),
    description=maybe(text(0, 100)),
    description_localizations=maybe(mapping),
    options=maybe(items(0, 25)),
    default_member_permissions=maybe(anything),
    default_permission=maybe(yes_or_no),
    dm_permission=maybe(yes_or_no),
    contexts=maybe(items(1, 3)),
    integration_types=maybe(items(1, 2)),
    handler=maybe(whole(1, 3)),
    type=maybe(one_of(SLASH, USER_MENU, MESSAGE_MENU)),
    id=maybe(snowflake),
    nsfw=maybe(yes_or_no),
)
_OPTION = Fields(
    "type name description",
    type=whole(1, 11),
    name=text(1, 32),
    name_localizations=maybe(mapping),
    description=text(1, 100),
    description_localizations=maybe(mapping),
    required=maybe(yes_or_no),
    choices=maybe(items(0, 25)),
    options=maybe(items(0, 25)),
    channel_types=maybe(items(0, 20)),
    file_types=maybe(items(0, 10)),
    min_value=maybe(number),
    max_value=maybe(number),
    min_length=maybe(whole(0, 6000)),
    max_length=maybe(whole(1, 6000)),
    autocomplete=maybe(yes_or_no),
)
_CHOICE = Fields("name value", name=text(1, 100), name_localizations=maybe(mapping), value=anything)


def check_commands(commands: object) -> list[Json]:
    """A whole bulk overwrite: every command, no duplicates, not too many."""
    problems = Problems()
    if not isinstance(commands, list):
        problems.add("", "Only iterables may be used in a ListType")
        problems.close()
        return []
    seen: set[tuple[int, str]] = set()
    counts: dict[int, int] = {}
    for index, value in enumerate(commands):
        command = _check_command(value, str(index), problems)
        key = (_kind(command) or SLASH, str(command.get("name")))
        problems.demand(
            key not in seen, f"{index}.name", "Application command names must be unique"
        )
        seen.add(key)
        counts[key[0]] = counts.get(key[0], 0) + 1
    for kind, most in MOST_AT_ONCE.items():
        within = counts.get(kind, 0) <= most
        problems.demand(within, "", f"Maximum number of commands of type {kind} reached ({most})")
    problems.close()
    return commands


def check_command(command: object) -> Json:
    """One command."""
    return check_commands([command])[0]


def _check_command(value: object, path: str, problems: Problems) -> Json:
    command = _COMMAND.check(value, path, problems)
    options = listed(command.get("options"))
    if (_kind(command) or SLASH) == SLASH:
        _check_name(command.get("name"), path, problems)
        described = text(1, 100)(command.get("description"))
        problems.demand(not described, join(path, "description"), "This field is required")
    else:
        bare = not command.get("description") and not options
        problems.demand(bare, path, "Context menu commands cannot have description or options")
    _check_options(options, path, problems, depth=0)
    size = _size(command)
    problems.demand(size <= _MOST_CHARACTERS, path, f"A command's text may be 8000, it is {size}.")
    private = _PRIVATE_CHANNEL in listed(command.get("contexts"))
    installable = _USER_INSTALL in listed(command.get("integration_types"))
    problems.demand(
        not private or installable,
        join(path, "contexts"),
        "PRIVATE_CHANNEL needs integration type USER_INSTALL",
    )
    return command


def _check_options(options: Sequence[object], path: str, problems: Problems, depth: int) -> None:
    names: set[str] = set()
    optional_seen = False
    nests = {_kind(option) in {SUBCOMMAND, GROUP} for option in options}
    problems.demand(len(nests) < 2, path, "Sub-commands and options cannot be mixed")
    for index, value in enumerate(options):
        here = join(path, f"options.{index}")
        option = _OPTION.check(value, here, problems)
        _check_name(option.get("name"), here, problems)
        name = str(option.get("name"))
        problems.demand(name not in names, join(here, "name"), "Option names must be unique")
        names.add(name)
        late = bool(option.get("required")) and optional_seen
        problems.demand(not late, here, "Required options must be placed before optional ones")
        optional_seen = optional_seen or not option.get("required")
        _check_nesting(option, here, problems, depth)
        _check_choices(option, here, problems)


def _check_nesting(option: Json, path: str, problems: Problems, depth: int) -> None:
    kind, inner = _kind(option), listed(option.get("options"))
    if kind not in {SUBCOMMAND, GROUP}:
        problems.demand(not inner, path, "Only sub-commands and groups have options")
        return
    allowed = depth == 0 or (depth == 1 and kind == SUBCOMMAND)
    problems.demand(allowed, path, "Sub-commands nest one group deep, and no deeper")
    problems.demand(kind == SUBCOMMAND or inner, path, "A group needs a sub-command")
    inside = [_kind(each) for each in inner]
    if kind == GROUP:
        problems.demand(set(inside) <= {SUBCOMMAND}, path, "A group holds sub-commands only")
        _check_options(inner, path, problems, depth + 1)
    else:
        problems.demand(not {SUBCOMMAND, GROUP} & set(inside), path, "A sub-command holds options")
        _check_options(inner, path, problems, depth + 2)


def _check_choices(option: Json, path: str, problems: Problems) -> None:
    choices, kind = listed(option.get("choices")), _kind(option)
    takes = kind in {STRING, INTEGER, NUMBER}
    problems.demand(takes or not choices, path, "Only text and numbers have choices")
    guesses = bool(option.get("autocomplete"))
    problems.demand(takes or not guesses, path, "Only text and numbers have autocomplete")
    problems.demand(not (choices and guesses), path, "Choices and autocomplete exclude each other")
    right = text(1, 100) if kind == STRING else number
    for index, value in enumerate(choices):
        here = join(path, f"choices.{index}")
        choice = _CHOICE.check(value, here, problems)
        wrong = right(choice.get("value"))
        problems.demand(not wrong, join(here, "value"), str(wrong))


def _kind(thing: object) -> int | None:
    kind = thing.get("type") if isinstance(thing, dict) else None
    return kind if isinstance(kind, int) else None


def _check_name(name: object, path: str, problems: Problems) -> None:
    good = isinstance(name, str) and name == name.lower() and all(map(_allowed, name))
    problems.demand(good, join(path, "name"), "Command name is invalid: a-z, digits, - and _ only")


def _allowed(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    # Discord also allows the two scripts that cannot be written without combining marks.
    return unicodedata.name(character, "").startswith(("DEVANAGARI", "THAI"))


def _size(thing: Json) -> int:
    total = 0
    for name in ("name", "description"):
        localised = thing.get(f"{name}_localizations")
        others = localised.values() if isinstance(localised, dict) else ()
        total += max(len(str(each)) for each in (thing.get(name) or "", *others))
    if "value" in thing:
        total += len(str(thing["value"]))
    inner = [*listed(thing.get("options")), *listed(thing.get("choices"))]
    return total + sum(_size(each) for each in inner if isinstance(each, dict))
