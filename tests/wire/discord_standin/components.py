"""Components as Discord shows them: numbered, defaults filled in, media resolved to links."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from tests.wire.discord_standin import rules_components as kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.discord_standin.cdn import Cdn
    from tests.wire.discord_standin.model import Attachment, Json

_DEFAULTS: dict[int, Json] = {
    kinds.BUTTON: {"disabled": False},
    kinds.STRING_SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    kinds.THUMBNAIL: {"description": None, "spoiler": False},
    kinds.FILE: {"spoiler": False},
    kinds.SEPARATOR: {"divider": True, "spacing": 1},
    kinds.CONTAINER: {"accent_color": None, "spoiler": False},
    kinds.TEXT_INPUT: {"label": None, "min_length": None, "max_length": None, "required": True},
}
_ITEM_DEFAULTS: Json = {"description": None, "spoiler": False}


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, in the order in which it is seen."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for name in ("accessory", "component"):
            if name in component:
                yield from walk([component[name]])


def words(components: list[Json]) -> str:
    """The text displays, one a line."""
    texts = [each["content"] for each in walk(components) if each["type"] == kinds.TEXT]
    return "\n".join(texts)


class Renderer:
    """Shows the components of one message."""

    def __init__(self, cdn: Cdn, attachments: list[Attachment]) -> None:
        """Resolve attachment:// by the names of attachments."""
        self._cdn = cdn
        self._files = {each.filename: each for each in attachments}
        self._numbers = count(1)
        self._taken: set[int] = set()

    def render(self, components: list[Json]) -> list[Json]:
        """Copies with an id on every component; ids the bot chose are kept."""
        self._taken = {each["id"] for each in walk(components) if each.get("id")}
        return [self._one(component) for component in components]

    def embeds(self, embeds: list[Json]) -> list[Json]:
        """Copies with their pictures resolved."""
        shown = []
        for embed in embeds:
            parts = [name for name in ("image", "thumbnail") if embed.get(name, {}).get("url")]
            media = {name: self._media(embed[name]) for name in parts}
            for held in media.values():
                for name in ("id", "attachment_id"):
                    held.pop(name, None)
            shown.append({"type": "rich", **embed, **media})
        return shown

    def _one(self, component: Json) -> Json:
        shown = {**_DEFAULTS.get(component["type"], {}), **component}
        # The bot may send null where Discord leaves the field out.
        nulls = [name for name, value in component.items() if value is None]
        for name in nulls:
            if name not in _DEFAULTS.get(component["type"], {}):
                del shown[name]
        shown["id"] = shown.get("id") or self._number()
        for name in ("media", "file"):
            if name in shown:
                shown[name] = self._media(shown[name])
        if "items" in shown:
            shown["items"] = [self._item(item) for item in shown["items"]]
        if component["type"] == kinds.FILE:
            self._name_file(component, shown)
        if "components" in shown:
            shown["components"] = [self._one(child) for child in shown["components"]]
        for name in ("accessory", "component"):
            if name in shown:
                shown[name] = self._one(shown[name])
        return shown

    def _number(self) -> int:
        return next(number for number in self._numbers if number not in self._taken)

    def _item(self, item: Json) -> Json:
        return {**_ITEM_DEFAULTS, **item, "media": self._media(item["media"])}

    def _name_file(self, component: Json, shown: Json) -> None:
        attachment = self._files[component["file"]["url"].removeprefix("attachment://")]
        shown |= {"name": attachment.filename, "size": attachment.size}

    def _media(self, media: Json) -> Json:
        attachment = self._files.get(media["url"].removeprefix("attachment://"))
        if attachment is None:
            # Some other address: Discord fetches it later; its size is not known here.
            link = media["url"]
            return {"id": "0", "url": link, "proxy_url": link, "width": None, "height": None}
        return {
            "id": str(attachment.id),
            "attachment_id": str(attachment.id),
            "url": self._cdn.link(attachment),
            "proxy_url": self._cdn.link(attachment, proxy=True),
            "width": attachment.width,
            "height": attachment.height,
            "content_type": attachment.content_type,
        }
