"""Whom a limit is about: three options of a command that answer one question, and its words."""

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest
from bot.core.quotas import Subject, say_subject
from bot.discord_ui.administration import server_managed
from bot.discord_ui.client import Interaction
from bot.services.limit import Whom

WHO = [
    app_commands.Choice(name="the server, all members together", value=Subject.SERVER.value),
    app_commands.Choice(name="each member", value=Subject.EVERYONE.value),
]

OPTIONS = {
    "who": "The server as a whole, or each member; or else name a role or a member",
    "role": "Each member who has this role",
    "member": "One member",
}
"""Descriptions, by option."""

MEANING = {
    Subject.SERVER: "All members together {may}, whatever else is set.",
    Subject.EVERYONE: "Each member {may}, unless something is set for them or for their roles.",
    Subject.ROLE: (
        "Each member with this role {may}, in place of what is set for each member. Of several "
        "roles, the most generous counts."
    ),
    Subject.MEMBER: (
        "This member {may}, in place of what is set for their roles or for each member."
    ),
}
"""What comes of setting something, with what is set in place of `may`."""

INSTEAD = {
    Subject.SERVER: "What is set for members still holds.",
    Subject.EVERYONE: "Members without a limit of their own, or of a role, have none now.",
    Subject.ROLE: "Members with this role now have what is set for each member, if anything is.",
    Subject.MEMBER: "What is set for their roles, or else for each member, holds now.",
}
"""What holds where it was taken back."""


def whom(
    interaction: Interaction,
    who: str | None,
    role: discord.Role | None,
    member: discord.User | None,
) -> Whom:
    """Whom the three options name.

    Raises:
        InvalidRequest: Nobody, or several.
    """
    guild_id = server_managed(interaction)
    if role is not None and member is not None:
        raise InvalidRequest("Name a `role` or a `member`, not both: a limit is about one of them.")
    if who == Subject.SERVER and (role or member):
        raise InvalidRequest(
            "The server is all members together. Leave `who` out to name a role or a member."
        )
    if who == Subject.EVERYONE and member:
        raise InvalidRequest("Each member, or this one? Leave out `who` or `member`.")
    if member is not None:
        return Whom(guild_id, Subject.MEMBER, member.id)
    if role is not None:
        # Everybody has the role @everyone, and nobody was given it.
        everybody = role.id == guild_id
        return Whom(guild_id, Subject.EVERYONE) if everybody else of_role(guild_id, role.id)
    if who is None:
        raise InvalidRequest(
            "Say whom it is about: `who` for the server or each member, or else a `role` or a "
            "`member`."
        )
    return Whom(guild_id, Subject(who))


def of_role(guild_id: int, role_id: int) -> Whom:
    """Each member who has that role."""
    return Whom(guild_id, Subject.ROLE, role_id)


def named(subject: Subject, subject_id: int) -> str:
    """Whom it is about, at the beginning of a line."""
    if subject is Subject.SERVER:
        return "This server"
    said = say_subject(subject, subject_id)
    return said[:1].upper() + said[1:]


def plainly(subject: Whom, role: discord.Role | None, member: discord.User | None) -> str:
    """Whom it is about where mentions are not shown: in the title of a form."""
    if member is not None:
        return member.display_name
    if subject.subject is Subject.ROLE and role is not None:
        return f"@{role.name}"
    return "the server" if subject.subject is Subject.SERVER else "each member"
