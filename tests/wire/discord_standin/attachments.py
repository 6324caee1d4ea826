"""Which files a message will hold: those it keeps, and those that come with the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.wire.discord_standin.body import Upload
from tests.wire.discord_standin.cdn import safe_name
from tests.wire.discord_standin.refusals import InvalidForm, refusal

if TYPE_CHECKING:
    from tests.wire.discord_standin.body import Body
    from tests.wire.discord_standin.model import Attachment, Json, Message
    from tests.wire.discord_standin.world import World


@dataclass(frozen=True)
class _Planned:
    item: Json
    source: Attachment | Upload

    @property
    def name(self) -> str:
        """The name the file will have."""
        return safe_name(str(self.item.get("filename") or self.source.filename))


class Plan:
    """Worked out before the rules are checked, carried out only when they hold."""

    def __init__(self, world: World, body: Body, kept: list[Attachment] | None = None) -> None:
        """Refuse files over the limit (40005); kept is what an edited message holds so far."""
        self._world = world
        self._planned: list[_Planned] = []
        self._problems: list[tuple[str, str]] = []
        limit = world.settings.attachment_size_limit
        if any(len(upload.data) > limit for upload in body.files.values()):
            raise refusal(40005)
        sources: dict[str, Attachment | Upload] = {str(each.id): each for each in kept or []}
        sources |= {str(index): upload for index, upload in body.files.items()}
        self._match(_listing(body, sources), sources, body)

    @property
    def names(self) -> set[str]:
        """What attachment:// may ask for."""
        return {each.name for each in self._planned}

    def carry_out(self, message: Message) -> list[Attachment]:
        """Store the new files; refuse a listing that does not fit the files."""
        if self._problems:
            raise InvalidForm(self._problems)
        found = []
        for planned in self._planned:
            source = planned.source
            if isinstance(source, Upload):
                stamp = self._world.ids.next()
                source = self._world.cdn.store(stamp, message.channel_id, planned.name, source.data)
                source.ephemeral = message.ephemeral
            if "description" in planned.item:
                source.description = planned.item["description"]
            if planned.item.get("is_spoiler") is not None:
                source.spoiler = planned.item["is_spoiler"]
            found.append(source)
        return found

    def _match(
        self, listing: list[Json], sources: dict[str, Attachment | Upload], body: Body
    ) -> None:
        unlisted = {str(index) for index in body.files}
        for place, item in enumerate(listing):
            key = str(item.get("id"))
            unlisted.discard(key)
            if key in sources:
                self._planned.append(_Planned(item, sources[key]))
            else:
                sentence = f"{key} is no file of this message"
                self._problems.append((f"attachments.{place}.id", sentence))
        for key in sorted(unlisted):
            self._problems.append((f"files.{key}", "Sent, but not listed in attachments"))


def _listing(body: Body, sources: dict[str, Attachment | Upload]) -> list[Json]:
    payload = body.payload if isinstance(body.payload, dict) else {}
    listing = payload.get("attachments")
    if listing is None:
        return [{"id": key} for key in sources]
    return [each for each in listing if isinstance(each, dict)] if isinstance(listing, list) else []
