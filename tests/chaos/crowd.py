"""Members who ask, press, cancel and repeat, each at a pace and by dice of their own."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from PIL import Image

from tests.chaos import pauses
from tests.chaos.seen import Seen
from tests.chaos.service import REFUSED
from tests.chaos.town import Member, Town
from tests.chaos.wishes import Wishes
from tests.wire.discord_standin import (
    APPLICATION_ID,
    Channel,
    File,
    Interaction,
    Message,
    Standin,
    StandinError,
)

SIZES = ("1024x1024", "1536x1024", "1024x1536")
COLOURS = ("navy", "olive", "maroon", "teal", "gold")
WAITED_S = 4.0
"""How long somebody looks for the list of their requests."""


@dataclass
class Act:
    """Something that a member did.

    Attributes:
        id: Of the interaction, or of the message that mentions the bot.
        token: Of the interaction.
        at: When, in seconds since 1970.
        pressed: The request whose button was pressed.
        impossible: Why Discord would not have let them, if so.
    """

    who: Member
    what: str
    prompt: str = ""
    id: str = ""
    token: str = ""
    pressed: int | None = None
    impossible: str = ""


@dataclass
class Crowd:
    """All members; `acts` is what they did, in order."""

    wishes: Wishes
    discord: Standin
    town: Town
    seen: Seen
    acts: list[Act] = field(default_factory=list)

    async def act(self, until: float) -> None:
        """Let everybody act until then."""
        async with asyncio.TaskGroup() as group:
            for member in self.town.members:
                group.create_task(Person(self, member).live(until))


class Person:
    """One member at work."""

    def __init__(self, crowd: Crowd, member: Member) -> None:
        self._crowd = crowd
        self._member = member
        self._dice = crowd.wishes.dice("member", member.name)
        self._asked = 0
        self._habits: tuple[tuple[str, int, Callable[[Act, Random], Awaitable[None]]], ...] = (
            ("generate", 54, self._generate),
            ("edit", 12, self._edit),
            ("again", 8, self._again),
            ("vary", 4, self._vary),
            ("cancel", 9, self._cancel),
            ("cancel listed", 4, self._cancel_listed),
            ("reply", 3, self._reply),
            ("delete", 2, self._delete),
            ("twice", 4, self._twice),
        )

    async def live(self, until: float) -> None:
        """Act until then, at moments that depend on nothing but the seed."""
        moment = pauses.now()
        while (moment := moment + self._dice.expovariate(1 / self._member.pause)) < until:
            await pauses.until(moment)
            weights = [weight for _, weight, _ in self._habits]
            [(what, _, do)] = self._dice.choices(self._habits, weights)
            dice = Random(self._dice.random())
            act = Act(self._member, what)
            self._crowd.acts.append(act)
            try:
                await do(act, dice)
            except StandinError as impossible:
                act.impossible = str(impossible)

    # ---- new requests --------------------------------------------------------------------

    async def _generate(self, act: Act, dice: Random) -> None:
        self._took(act, await self._ask(act, dice, "generate"))

    async def _edit(self, act: Act, dice: Random) -> None:
        pictures = {"image": _photo(dice)}
        if dice.random() < 0.3:
            pictures["image2"] = _photo(dice)
        options = {"region": "left half"} if dice.random() < 0.3 else {}
        self._took(act, await self._ask(act, dice, "edit", **pictures, **options))

    async def _twice(self, act: Act, dice: Random) -> None:
        """Discord tells of the same interaction again."""
        asked = await self._ask(act, dice, "generate")
        self._took(act, asked)
        await pauses.until(pauses.now() + dice.uniform(0, 0.5))
        await self._discord.repeat(asked)

    async def _reply(self, act: Act, dice: Random) -> None:
        result = self._result(dice)
        if result:
            act.prompt = self._prompt(dice)
            words = f"<@{APPLICATION_ID}> {act.prompt}"
            said = await self._discord.send(
                result.channel, self._member.user, words, reply_to=result
            )
            act.id = said.id

    async def _ask(self, act: Act, dice: Random, command: str, **options: object) -> Interaction:
        act.prompt = self._prompt(dice)
        if dice.random() < 0.05:
            act.prompt += f" {REFUSED}"
        wish: dict[str, object] = {"prompt": act.prompt, "quality": "low", **options}
        [count] = dice.choices((1, 2, 3, 4), (60, 20, 12, 8))
        if count > 1:
            wish["count"] = count
        if dice.random() < 0.4:
            wish["size"] = dice.choice(SIZES)
        if dice.random() < 0.2:
            wish["format"] = dice.choice(("webp", "jpeg"))
        if dice.random() < 0.1:
            wish["spoiler"] = True
        return await self._discord.slash(self._room(dice), self._member.user, command, **wish)

    def _prompt(self, dice: Random) -> str:
        self._asked += 1
        what = dice.choice(("lighthouse", "harbour", "kite", "glacier", "meadow", "owl"))
        return f"{what} {self._asked} of {self._member.name}"

    # ---- buttons -------------------------------------------------------------------------

    async def _again(self, act: Act, dice: Random) -> None:
        await self._press(act, dice, "again")

    async def _vary(self, act: Act, dice: Random) -> None:
        await self._press(act, dice, "vary")

    async def _delete(self, act: Act, dice: Random) -> None:
        await self._press(act, dice, "delete")

    async def _cancel(self, act: Act, dice: Random) -> None:
        await self._press(act, dice, "cancel")

    async def _cancel_listed(self, act: Act, dice: Random) -> None:
        """Look at /queue, and press there."""
        listed = await self._discord.slash(self._room(dice), self._member.user, "queue")
        message = await listed.message(deadline=WAITED_S)
        cancels = [
            (message, each["custom_id"], int(each["custom_id"].split(":")[1]))
            for each in message.components
            if str(each.get("custom_id", "")).startswith("unqueue:")
        ]
        if cancels:
            await self._click(act, dice.choice(cancels))

    async def _press(self, act: Act, dice: Random, action: str) -> None:
        """Press such a button: often under one's own request, sometimes under anybody's."""
        near = {channel.id for channel in self._member.channels}
        found = [each for each in self._crowd.seen.pressable(action) if each[0].channel.id in near]
        own = [each for each in found if self._is_own(each[0])]
        found = own if own and dice.random() < 0.8 else found
        if found:
            # Of late: nobody scrolls up for long.
            await self._click(act, dice.choice(found[-8:]))

    async def _click(self, act: Act, button: tuple[Message, str, int]) -> None:
        message, custom_id, job = button
        act.pressed = job
        self._took(act, await self._discord.click(message, self._member.user, custom_id))

    def _is_own(self, message: Message) -> bool:
        asked = message.raw.get("interaction_metadata", {}).get("user", {}).get("id")
        return bool(asked == self._member.user.id)

    def _result(self, dice: Random) -> Message | None:
        near = {channel.id for channel in self._member.channels}
        results = [
            message
            for message, _, _ in self._crowd.seen.pressable("vary")
            if message.channel.id in near
        ]
        return dice.choice(results[-8:]) if results else None

    # ---- both ----------------------------------------------------------------------------

    def _took(self, act: Act, asked: Interaction) -> None:
        act.id, act.token = asked.id, asked.token

    def _room(self, dice: Random) -> Channel:
        return dice.choice(self._member.channels)

    @property
    def _discord(self) -> Standin:
        return self._crowd.discord


def _photo(dice: Random) -> File:
    file = io.BytesIO()
    size = dice.choice(((640, 1024), (1024, 1024), (800, 600)))
    Image.new("RGB", size, dice.choice(COLOURS)).save(file, "PNG")
    return File("photo.png", file.getvalue())
