"""How a request's body becomes fields and files."""

import re
from base64 import b64decode
from binascii import Error as NotBase64

import orjson
from aiohttp import BodyPartReader, web

from bot.demo.pretend_faults import Refusal, duplicate, invalid, wrong_type
from bot.demo.pretend_parts import Part


async def read(request: web.Request) -> tuple[dict[str, object], tuple[Part, ...]]:
    """Read JSON or a multipart form.

    Raises:
        Refusal: It is neither, or a link in it cannot be followed.
    """
    if request.content_type == "multipart/form-data":
        return await _form(request)
    try:
        fields = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise _not_json() from error
    if not isinstance(fields, dict):
        raise _not_json()
    return _linked(fields)


async def _form(request: web.Request) -> tuple[dict[str, object], tuple[Part, ...]]:
    fields: dict[str, object] = {}
    parts: list[Part] = []
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise Refusal(400, "Nested multipart forms are not supported.")
            name = part.name or ""
            if part.filename is not None:
                parts.append(await _file(name, part.filename, part))
            elif name in fields:
                raise duplicate(name)
            else:
                fields[name] = await _text(name, part)
    except ValueError as error:
        raise Refusal(400, "We could not parse the multipart form of your request.") from error
    return fields, tuple(parts)


async def _text(name: str, part: BodyPartReader) -> str:
    content = bytes(await part.read())
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise wrong_type(name, "a string", "something else") from error


async def _file(name: str, filename: str, part: BodyPartReader) -> Part:
    return Part(
        name=name,
        filename=filename,
        content_type=part.headers.get("Content-Type", "application/octet-stream"),
        content=bytes(await part.read()),
    )


def _linked(fields: dict[str, object]) -> tuple[dict[str, object], tuple[Part, ...]]:
    """Take the pictures out of a JSON edit, where they stand as data: links."""
    parts: list[Part] = []
    images, mask = fields.get("images"), fields.get("mask")
    if isinstance(images, list):
        parts += [_from_link("image[]", image) for image in images]
    if isinstance(mask, dict):
        parts.append(_from_link("mask", mask))
    if not parts:
        return fields, ()
    rest = {name: value for name, value in fields.items() if name not in {"images", "mask"}}
    return rest, tuple(parts)


def _from_link(name: str, reference: object) -> Part:
    link = reference.get("image_url") if isinstance(reference, dict) else None
    found = (
        re.fullmatch(r"data:(image/[a-z]+);base64,(.*)", link) if isinstance(link, str) else None
    )
    if found is None:
        raise invalid("images", "Only base64-encoded data URLs are supported here.")
    try:
        content = b64decode(found[2], validate=True)
    except NotBase64 as error:
        raise invalid("images", "Invalid base64 in a data URL.") from error
    kind = found[1]
    return Part(name=name, filename=kind.replace("/", "."), content_type=kind, content=content)


def _not_json() -> Refusal:
    return Refusal(400, "We could not parse the JSON body of your request.")
