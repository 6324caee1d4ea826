"""Attachments: kept as files, reached through signed links that expire."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from tests.wire.discord_standin import images
from tests.wire.discord_standin.model import Attachment

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Clock, Settings

_UNSAFE = re.compile(r"[^A-Za-z0-9_.\-]")


def safe_name(filename: str) -> str:
    """The name Discord gives an uploaded file; attachment:// has to use this one."""
    return _UNSAFE.sub("_", filename) or "unknown"


class Cdn:
    """Stores bytes under their SHA-256 in a folder of its own, so that long runs stay small."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Sign with a secret that lives as long as the process."""
        self._settings = settings
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._folder = TemporaryDirectory(prefix="discord-standin-")
        self._known: dict[int, Attachment] = {}
        self.base_url = ""

    def close(self) -> None:
        """Remove every file."""
        self._folder.cleanup()

    def store(self, attachment_id: int, channel_id: int, filename: str, data: bytes) -> Attachment:
        """Keep the bytes and describe them as Discord does."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            path.write_bytes(data)
        picture = images.recognise(data)
        name = safe_name(filename)
        attachment = Attachment(
            id=attachment_id,
            channel_id=channel_id,
            filename=name,
            size=len(data),
            sha256=sha256,
            content_type=images.content_type(name, picture),
            width=picture.width if picture else None,
            height=picture.height if picture else None,
            spoiler=name.startswith("SPOILER_"),
        )
        self._known[attachment_id] = attachment
        return attachment

    def drop(self, attachments: list[Attachment]) -> None:
        """Forget files whose message is gone; their links answer 404 from now on."""
        for attachment in attachments:
            self._known.pop(attachment.id, None)

    def link(self, attachment: Attachment, *, proxy: bool = False) -> str:
        """A fresh signed link."""
        folder = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        path = f"/{folder}/{attachment.channel_id}/{attachment.id}/{quote(attachment.filename)}"
        issued = int(self._clock.now())
        expires = int(self._clock.now() + self._settings.link_life_s)
        signature = self._sign(path, f"{expires:x}", f"{issued:x}")
        host = f"{self.base_url}/media" if proxy else self.base_url
        return f"{host}{path}?ex={expires:x}&is={issued:x}&hm={signature}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET a file; 404 where the link is wrong, expired, or its file is gone."""
        path = request.rel_url.raw_path.removeprefix("/media")
        query = request.rel_url.query
        expires, issued = query.get("ex", ""), query.get("is", "")
        signed = hmac.compare_digest(self._sign(path, expires, issued), query.get("hm", ""))
        attachment = self._known.get(int(request.match_info["attachment"]))
        if not signed or not attachment or int(expires, 16) < self._clock.now():
            text = "This content is no longer available."
            return web.Response(status=404, text=text)
        kind = attachment.content_type or "application/octet-stream"
        return web.FileResponse(self._path(attachment.sha256), headers={"Content-Type": kind})

    def _path(self, sha256: str) -> Path:
        return Path(self._folder.name) / sha256

    def _sign(self, path: str, expires: str, issued: str) -> str:
        signed = f"{path}?ex={expires}&is={issued}".encode()
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
