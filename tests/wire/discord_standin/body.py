"""Reading a request's body in the forms that clients use, within Discord's limits."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from aiohttp import parse_content_disposition

from tests.wire.discord_standin.model import MAX_REQUEST_BYTES
from tests.wire.discord_standin.refusals import Refusal, refusal

if TYPE_CHECKING:
    from aiohttp import web

    from tests.wire.discord_standin.model import Json

_FILE_FIELD = re.compile(r"files?\[(\d+)\]")


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    filename: str
    data: bytes
    content_type: str = "application/octet-stream"

    def json(self) -> Json:
        """How the transcript tells of it."""
        digest = hashlib.sha256(self.data).hexdigest()
        return {"filename": self.filename, "size": len(self.data), "sha256": digest}


@dataclass(frozen=True)
class Body:
    """The JSON of a request, and its files by index."""

    payload: Any = field(default_factory=dict)
    files: dict[int, Upload] = field(default_factory=dict)


async def read_body(request: web.Request) -> Body:
    """The whole body; 413 where it is over 25 MiB, 400 where it cannot be understood."""
    data = bytearray()
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        # What is too much is still read, so that the client comes to read the refusal.
        if size <= MAX_REQUEST_BYTES:
            data += chunk
    if size > MAX_REQUEST_BYTES:
        raise refusal(40005)
    if not data:
        return Body()
    match request.content_type:
        case "application/json":
            return Body(_parse(bytes(data)))
        case "application/x-www-form-urlencoded":
            form = parse_qs(data.decode())
            return Body(_parse(form.get("payload_json", ["{}"])[0].encode()))
        case "multipart/form-data":
            return _multipart(bytes(data), _boundary(request))
        case other:
            raise _unreadable(f"Content-Type {other!r} is not one that Discord reads")


def _unreadable(sentence: str) -> Refusal:
    return Refusal(400, 50109, f"The request body contains invalid JSON. {sentence}")


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise _unreadable(str(error)) from error


def _boundary(request: web.Request) -> bytes:
    found = re.search(r'boundary="?([^";]+)', request.headers["Content-Type"])
    if not found:
        raise _unreadable("multipart/form-data without a boundary")
    return found.group(1).encode()


def _multipart(data: bytes, boundary: bytes) -> Body:
    # Split by hand: aiohttp's reader goes through pictures 8 KiB at a time.
    pieces = (b"\r\n" + data).split(b"\r\n--" + boundary)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise _unreadable("the multipart body is not complete")
    payload: Any = {}
    files: dict[int, Upload] = {}
    for piece in pieces[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        headers = _headers(head)
        _, fields = parse_content_disposition(headers.get("content-disposition", ""))
        name = fields.get("name", "")
        index = _FILE_FIELD.fullmatch(name)
        if name == "payload_json":
            payload = _parse(content)
        elif index:
            kind = headers.get("content-type", "application/octet-stream")
            files[int(index.group(1))] = Upload(fields.get("filename", "unknown"), content, kind)
        else:
            raise _unreadable(f"a part named {name!r} is neither payload_json nor files[n]")
    return Body(payload, files)


def _headers(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode().split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
