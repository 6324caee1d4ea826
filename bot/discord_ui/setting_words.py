"""How the settings of a server are worded: what holds, who changed it, what a change did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.core.guilds import Change, GuildSettings, say_setting
from bot.core.jobs import say_member
from bot.core.models import Model
from bot.core.stores import Limits
from bot.discord_ui import cards, words

SHOWN = 700
"""Characters of one value; a message holds 4,000."""

SECTIONS = {
    "Where": ("allowed_channels", "denied_channels", "age_restricted_only"),
    "How pictures are drawn": ("model", "size", "quality", "format", "always_spoiler", "words"),
    "How many at once": ("server_slots", "member_slots", "server_queue", "member_queue", "paused"),
    "What is shown and kept": ("show_costs", "log_channel", "zone", "retention_days"),
}
"""Every setting, in the order of `/settings show`."""

LABELS = {
    "allowed_channels": "May be used in",
    "denied_channels": "May not be used in",
    "age_restricted_only": "Only in age-restricted channels",
    "model": "Model",
    "size": "Size",
    "quality": "Quality",
    "format": "File format",
    "always_spoiler": "All pictures are hidden until they are clicked",
    "words": "Words that are not allowed",
    "server_slots": "Pictures drawn at once",
    "member_slots": "Pictures drawn at once for one member",
    "server_queue": "Requests that may wait",
    "member_queue": "Requests of one member that may wait",
    "paused": "The queue is paused",
    "show_costs": "Cards and /usage say what pictures cost",
    "log_channel": "Log channel",
    "zone": "Time zone",
    "retention_days": "Requests are forgotten after",
}

NUMBERS = frozenset({"server_slots", "member_slots", "server_queue", "member_queue"})

UNSET = {
    "allowed_channels": "every channel",
    "denied_channels": "no channel",
    "size": "the model's own",
    "quality": "the model's own",
    "format": "the model's own",
    "words": "none",
    "log_channel": "none",
    "retention_days": "as my operator decides",
}
"""What holds where nothing was chosen."""


def value(chosen: GuildSettings, name: str, limits: Limits, model: Model) -> str:
    """What holds, whether it was chosen here or by the operator."""
    said = say_setting(chosen, name)
    if name in NUMBERS:
        most = getattr(limits, name)
        return str(min(int(said), most)) if said else f"{most}, as my operator allows"
    if name == "model":
        if not said:
            return f"{model.id}, as my operator chose"
        gone = said != model.id
        return f"{said}, which is not offered any more: {model.id} draws" if gone else said
    if isinstance(getattr(chosen, name), bool):
        return "yes" if getattr(chosen, name) else "no"
    if name == "retention_days" and said:
        return "1 day" if said == "1" else f"{said} days"
    if name == "words" and said:
        return f"||{words.plain(_cut(said))}||"
    return said or UNSET[name]


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(',', 1)[0]}, …"


def overview(
    chosen: GuildSettings,
    changed: Mapping[str, Change],
    limits: Limits,
    model: Model,
    *,
    log_is_closed: bool,
) -> Iterable[str]:
    """Every setting with who changed it last, section by section."""
    for title, names in SECTIONS.items():
        lines = [f"**{title}**"]
        for name in names:
            said = f"{LABELS[name]}: {value(chosen, name, limits, model)}"
            if name in changed:
                change = changed[name]
                said += f" — {say_member(change.actor_id)}, {words.when(change.at)}"
            lines.append(said)
            if name == "log_channel" and log_is_closed:
                lines.append(
                    cards.small(
                        "I cannot write there: it is gone, or I need the permissions View Channel "
                        "and Send Messages. Repair that, or choose another with /settings log."
                    )
                )
        yield "\n".join(lines)


def difference(
    before: GuildSettings,
    after: GuildSettings,
    names: Iterable[str],
    limits: Limits,
    models: tuple[Model, Model],
) -> str:
    """What a change did to the settings of these names."""
    lines = []
    for name in names:
        was = value(before, name, limits, models[0])
        now = value(after, name, limits, models[1])
        if getattr(before, name) == getattr(after, name):
            lines.append(f"**{LABELS[name]}:** {now}, as before")
        else:
            lines.append(f"**{LABELS[name]}:** {was} → {now}")
    return "\n".join(lines)
